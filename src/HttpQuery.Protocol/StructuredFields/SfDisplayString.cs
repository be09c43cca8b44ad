using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>A Display String: any Unicode text for people, including control characters (RFC 9651 §3.3.8).</summary>
public readonly record struct SfDisplayString : IHeaderFormattable
{
    // Written unescaped: printable ASCII except the percent sign and the quote.
    private static readonly SearchValues<char> PlainChars = SearchValues.Create(
        " !#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly string? _value;

    /// <summary>Creates a Display String.</summary>
    /// <param name="value">Any text that is well-formed UTF-16.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> has an unpaired surrogate.</exception>
    public SfDisplayString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsWellFormed(value))
            throw new ArgumentException("The text has an unpaired surrogate, which UTF-8 cannot encode.", nameof(value));
        _value = value;
    }

    /// <summary>The text.</summary>
    public string Value => _value ?? "";

    /// <summary>The Display String as in a header: <c>%"f%c3%bc"</c> (RFC 9651 §4.1.11).</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text) => Append(ref text, Value);

    internal static void Append(ref DefaultInterpolatedStringHandler text, string value)
    {
        text.AppendLiteral("%\"");
        var rest = value.AsSpan();
        while (rest.IndexOfAnyExcept(PlainChars) is var plain and >= 0)
        {
            text.AppendFormatted(rest[..plain]);
            Rune.DecodeFromUtf16(rest[plain..], out var rune, out var length);
            AppendEscaped(ref text, rune);
            rest = rest[(plain + length)..];
        }

        text.AppendFormatted(rest);
        text.AppendLiteral("\"");
    }

    private static void AppendEscaped(ref DefaultInterpolatedStringHandler text, Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        Span<char> escapes = stackalloc char[12];
        var count = rune.EncodeToUtf8(bytes);
        for (var i = 0; i < count; i++)
        {
            escapes[i * 3] = '%';
            bytes[i].TryFormat(escapes[((i * 3) + 1)..], out _, "x2");
        }

        text.AppendFormatted(escapes[..(count * 3)]);
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is var surrogate and >= 0)
        {
            if (Rune.DecodeFromUtf16(text[surrogate..], out _, out var length) is not OperationStatus.Done) return false;
            text = text[(surrogate + length)..];
        }

        return true;
    }
}
