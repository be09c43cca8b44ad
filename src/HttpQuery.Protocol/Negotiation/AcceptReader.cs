using HttpQuery.HeaderSyntax;

namespace HttpQuery.Negotiation;

/// <summary>Reads the well-formed members of one line of an Accept header from left to right without allocating.</summary>
/// <remarks>Reads <c>#( media-range [ weight ] )</c> (RFC 9110 §12.5.1). A malformed member is skipped. After an
/// unterminated quote, the rest of the line belongs to its member. A malformed weight does not discard the range, because clients send
/// <c>*/*; q=.2</c>.</remarks>
internal ref struct AcceptReader(ReadOnlySpan<char> line)
{
    /// <summary>The weight of a member without a weight, in thousandths.</summary>
    private const int FullWeight = 1000;

    /// <summary>The weight of a member whose weight is malformed: accepted, and least preferred.</summary>
    private const int LeastWeight = 1;

    private ReadOnlySpan<char> _rest = line;

    /// <summary>The range of the member last read. Read its parameters until <see cref="IsWeight"/> is true.</summary>
    public MediaTypeReader Range { get; private set; }

    /// <summary>The weight of the member last read, in thousandths.</summary>
    public int Weight { get; private set; }

    /// <summary>Whether a malformed member has been skipped.</summary>
    public bool HasSkippedMember { get; private set; }

    /// <summary>Returns whether the parameter last read is the weight, which ends the range.</summary>
    public static bool IsWeight(scoped in MediaTypeReader range) => range.ParameterNameEquals("q");

    /// <summary>Reads the next well-formed member.</summary>
    /// <returns><see langword="false"/> at the end of the line.</returns>
    public bool Read()
    {
        while (true)
        {
            _rest = _rest.TrimStart(" \t,");
            if (_rest.IsEmpty) return false;

            var length = MemberLength(_rest);
            Range = new(_rest[..length]);
            Weight = IsRange(Range.Type, Range.Subtype) ? WeightOf(Range) : -1;
            _rest = _rest[length..];
            if (Weight >= 0) return true;
            HasSkippedMember = true;
        }
    }

    private static int MemberLength(ReadOnlySpan<char> text)
    {
        var position = 0;
        while (text[position..].IndexOfAny(',', '"') is var plain and >= 0)
        {
            position += plain;
            if (text[position] == ',') return position;
            var quoted = HttpSyntax.QuotedStringLength(text[position..]);
            if (quoted == 0) break;
            position += quoted;
        }

        return text.Length;
    }

    // As MediaRange: a * is a whole part, and the type is * only if the subtype is.
    private static bool IsRange(ReadOnlySpan<char> type, ReadOnlySpan<char> subtype) =>
        subtype is "*" ? type is "*" || !type.Contains('*') : !type.Contains('*') && !subtype.Contains('*');

    // -1 for a malformed range. Text after the weight, the accept-ext of RFC 7231, is ignored.
    private static int WeightOf(MediaTypeReader range)
    {
        while (range.ReadParameter())
            if (IsWeight(range))
                return range.Rest.TrimStart(HttpSyntax.Whitespace) is [] or [';', ..] ? ParseWeight(range.ParameterRawValue) : LeastWeight;

        // "q=" has no value to read.
        return !range.IsMalformed ? FullWeight : range.Rest is ['q' or 'Q', '=', ..] ? LeastWeight : -1;
    }

    // ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) (RFC 9110 §12.4.2). Also accepted: no "0" before the point, and digits
    // after the third, which are ignored.
    private static int ParseWeight(ReadOnlySpan<char> text)
    {
        var weight = text is ['1', ..] ? FullWeight : 0;
        var fraction = text is ['0' or '1', ..] ? text[1..] : text;
        if (text.IsEmpty || fraction is not ([] or ['.', ..]) || text is ['.']) return LeastWeight;

        var unit = FullWeight / 10;
        for (var i = 1; i < fraction.Length; i++, unit /= 10)
        {
            if (!char.IsAsciiDigit(fraction[i])) return LeastWeight;
            weight += (fraction[i] - '0') * unit;
        }

        return weight <= FullWeight ? weight : LeastWeight;
    }
}
