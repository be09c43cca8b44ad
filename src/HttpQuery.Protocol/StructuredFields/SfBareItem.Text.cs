using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <content>Serialization (RFC 9651 §4.1.3.1).</content>
public readonly partial record struct SfBareItem
{
    /// <summary>The value as in a header.</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text) => AppendTo(ref text);

    internal void AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        switch (Type)
        {
            case SfItemType.Integer:
                text.AppendFormatted(_number);
                break;
            case SfItemType.Decimal:
                AppendDecimal(ref text);
                break;
            case SfItemType.String:
                HeaderFormatter.AppendQuoted(ref text, Text);
                break;
            case SfItemType.Token:
                text.AppendLiteral(Text);
                break;
            case SfItemType.ByteSequence:
                AppendByteSequence(ref text);
                break;
            case SfItemType.Boolean:
                text.AppendLiteral(_number == 0 ? "?0" : "?1");
                break;
            case SfItemType.Date:
                text.AppendLiteral("@");
                text.AppendFormatted(_number);
                break;
            default:
                SfDisplayString.Append(ref text, Text);
                break;
        }
    }

    private void AppendDecimal(ref DefaultInterpolatedStringHandler text)
    {
        var (whole, fraction) = Math.DivRem(Math.Abs(_number), 1000);
        if (_number < 0) text.AppendLiteral("-");
        text.AppendFormatted(whole);
        text.AppendLiteral(".");

        // At least one digit, and no trailing zeros.
        var format = fraction % 100 == 0 ? "D1" : fraction % 10 == 0 ? "D2" : "D3";
        text.AppendFormatted(fraction / (fraction % 100 == 0 ? 100 : fraction % 10 == 0 ? 10 : 1), format);
    }

    private void AppendByteSequence(ref DefaultInterpolatedStringHandler text)
    {
        // Whole groups of three bytes, so that only the last chunk is padded.
        const int ChunkLength = 96;
        Span<char> chunk = stackalloc char[ChunkLength / 3 * 4];
        text.AppendLiteral(":");
        for (var rest = Bytes.AsSpan(); !rest.IsEmpty; rest = rest[Math.Min(ChunkLength, rest.Length)..])
        {
            Convert.TryToBase64Chars(rest[..Math.Min(ChunkLength, rest.Length)], chunk, out var length);
            text.AppendFormatted(chunk[..length]);
        }

        text.AppendLiteral(":");
    }
}
