using System.Globalization;
using System.Runtime.CompilerServices;

namespace HttpQuery.HeaderSyntax;

/// <summary>A value that can write itself as header text.</summary>
internal interface IHeaderFormattable
{
    /// <summary>Appends the text. Every value is valid, so this cannot fail.</summary>
    void AppendTo(ref DefaultInterpolatedStringHandler text);
}

/// <summary>Builds header text in pooled memory, independent of culture.</summary>
internal static class HeaderFormatter
{
    private const int StackLength = 256;

    internal static string ToString<T>(T value)
        where T : IHeaderFormattable
    {
        var text = Start(stackalloc char[StackLength]);
        value.AppendTo(ref text);
        return text.ToStringAndClear();
    }

    internal static bool TryFormat<T>(T value, Span<char> destination, out int charsWritten)
        where T : IHeaderFormattable
    {
        var text = Start(stackalloc char[StackLength]);
        value.AppendTo(ref text);
        var fits = text.Text.TryCopyTo(destination);
        charsWritten = fits ? text.Text.Length : 0;
        text.Clear();
        return fits;
    }

    internal static void AppendJoined<T>(ref DefaultInterpolatedStringHandler text, ReadOnlySpan<T> values, string separator)
        where T : IHeaderFormattable
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0) text.AppendLiteral(separator);
            values[i].AppendTo(ref text);
        }
    }

    /// <summary>Appends quoted text. A quoted-string (RFC 9110 §5.6.4) and a String (RFC 9651 §4.1.6) use the same escapes.</summary>
    internal static void AppendQuoted(ref DefaultInterpolatedStringHandler text, string value)
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

    private static DefaultInterpolatedStringHandler Start(Span<char> initialBuffer) =>
        new(0, 0, CultureInfo.InvariantCulture, initialBuffer);
}
