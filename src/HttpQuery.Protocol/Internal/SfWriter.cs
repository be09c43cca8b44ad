using System.Runtime.CompilerServices;

namespace HttpQuery.Internal;

/// <summary>Writes parts of structured fields that are known to be valid (RFC 9651 §4.1).</summary>
internal static class SfWriter
{
    internal static void AppendTokenOrString(ref DefaultInterpolatedStringHandler text, string value)
    {
        if (SfSyntax.IsToken(value)) text.AppendLiteral(value);
        else AppendString(ref text, value);
    }

    internal static void AppendString(ref DefaultInterpolatedStringHandler text, string value)
    {
        text.AppendLiteral("\"");
        var rest = value.AsSpan();
        while (rest.IndexOfAny('"', '\\') is var plain and >= 0)
        {
            text.AppendFormatted(rest[..plain]);
            text.AppendLiteral("\\");
            text.AppendFormatted(rest.Slice(plain, 1));
            rest = rest[(plain + 1)..];
        }

        text.AppendFormatted(rest);
        text.AppendLiteral("\"");
    }
}
