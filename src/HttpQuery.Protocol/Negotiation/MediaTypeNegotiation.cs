using System.Buffers;
using HttpQuery.HeaderSyntax;
using HttpQuery.Negotiation;

namespace HttpQuery;

/// <summary>Chooses the media type of a response from the Accept header: proactive negotiation (RFC 9110 §12.5.1).</summary>
/// <remarks>
/// <para>The most specific range that matches a type sets its weight: <c>type/subtype</c> before <c>type/*</c> before <c>*/*</c>.
/// Among equals, the range with more parameters wins, then the larger weight.</para>
/// <para>A range matches a type that has all its parameters, compared as <see cref="MediaTypeParameter"/> describes.
/// <c>charset=utf-8</c> also matches a type without a charset. If the type lacks another parameter of the range, the match is
/// uncertain: it ranks after certain matches of the same shape, and a weight of 0 then refuses nothing.</para>
/// <para>A malformed member of the header is skipped. If the other members accept nothing, the first type that they do not refuse is
/// chosen, because the malformed member may have accepted it.</para>
/// </remarks>
public sealed class MediaTypeNegotiation
{
    private const int StackLength = 64;
    private const int WeightBits = 10;
    private const int CountBits = 32;
    private const long Certain = 1L << CountBits;
    private readonly MediaType[] _available;

    /// <summary>Creates a negotiation for any number of requests.</summary>
    /// <param name="available">The media types that the server can send, in its order of preference.</param>
    /// <exception cref="ArgumentException"><paramref name="available"/> is empty.</exception>
    public MediaTypeNegotiation(IReadOnlyList<MediaType> available)
    {
        ArgumentNullException.ThrowIfNull(available);
        if (available.Count == 0) throw new ArgumentException("At least one media type is required.", nameof(available));

        _available = [.. available];
        foreach (var mediaType in _available) ArgumentNullException.ThrowIfNull(mediaType, nameof(available));
    }

    /// <summary>The media types that the server can send, in its order of preference.</summary>
    public IReadOnlyList<MediaType> Available => _available;

    /// <summary>Chooses by an Accept header: the type with the largest weight, and the earlier among equals. Allocates nothing.</summary>
    /// <param name="accept">The lines of the header; empty when it was not sent.</param>
    /// <returns>An index into <see cref="Available"/>: 0 when no line has a well-formed member; -1 when the client accepts none of
    /// the types.</returns>
    public int Choose(params ReadOnlySpan<string?> accept)
    {
        if (accept is [{ } line] && ChooseByName(line) is var named and >= 0) return named;

        var pooled = _available.Length > StackLength ? ArrayPool<long>.Shared.Rent(_available.Length) : null;
        var verdicts = (pooled is null ? stackalloc long[StackLength] : pooled)[.._available.Length];
        verdicts.Clear();
        var chosen = Judge(accept, verdicts, out var hasSkippedMember) ? Heaviest(verdicts) : 0;
        if (chosen < 0 && hasSkippedMember) chosen = verdicts.IndexOf(0);
        if (pooled is not null) ArrayPool<long>.Shared.Return(pooled);
        return chosen;
    }

    // Most clients send one name or */*, without parameters. -1 for all other values.
    private int ChooseByName(ReadOnlySpan<char> line)
    {
        if (line.Contains('*')) return line is "*/*" ? 0 : -1;
        for (var i = 0; i < _available.Length; i++)
            if (IsName(line, _available[i])) return i;
        return -1;
    }

    // A verdict holds the most specific match so far for a type: the larger value wins, and 0 means no match.
    private bool Judge(ReadOnlySpan<string?> accept, Span<long> verdicts, out bool hasSkippedMember)
    {
        var isStated = hasSkippedMember = false;
        foreach (var line in accept)
        {
            var reader = new AcceptReader(line);
            while (reader.Read())
            {
                isStated = true;
                for (var i = 0; i < verdicts.Length; i++)
                {
                    var specificity = Specificity(reader.Range, _available[i]);
                    if (specificity > 0 && (reader.Weight > 0 || IsCertain(specificity)))
                        verdicts[i] = Math.Max(verdicts[i], (specificity << WeightBits) | (long)reader.Weight);
                }
            }
            hasSkippedMember |= reader.HasSkippedMember;
        }

        return isStated;
    }

    private static int Heaviest(ReadOnlySpan<long> verdicts)
    {
        var (chosen, most) = (-1, (Weight: 0L, IsCertain: true));
        for (var i = 0; i < verdicts.Length; i++)
        {
            var verdict = (Weight: verdicts[i] & ((1 << WeightBits) - 1), IsCertain: IsCertain(verdicts[i] >> WeightBits));
            if (verdict.CompareTo(most) > 0) (chosen, most) = (i, verdict);
        }

        return chosen;
    }

    // 0 when the range does not match; otherwise its shape, whether the match is certain, and its parameter count.
    private static long Specificity(MediaTypeReader range, MediaType mediaType)
    {
        var shape = Shape(range, mediaType);
        if (shape == 0) return 0;

        var (count, certain) = (0L, Certain);
        for (; range.ReadParameter() && !AcceptReader.IsWeight(range); count++)
        {
            if (HasParameter(mediaType, range, out var isMentioned)) continue;
            if (isMentioned) return 0;

            // JSON is UTF-8, and so is text that the framework writes.
            if (!range.ParameterNameEquals("charset") || !range.ParameterValueEquals("utf-8")) certain = 0;
        }
        return (shape << (CountBits + 1)) | certain | count;
    }

    private static bool IsCertain(long specificity) => (specificity & Certain) != 0;

    private static long Shape(scoped in MediaTypeReader range, MediaType mediaType)
    {
        if (range.Type is "*") return 1;
        if (!HttpSyntax.EqualsIgnoreCase(range.Type, mediaType.Type)) return 0;
        if (range.Subtype is "*") return 2;
        return HttpSyntax.EqualsIgnoreCase(range.Subtype, mediaType.Subtype) ? 3 : 0;
    }

    private static bool HasParameter(MediaType mediaType, scoped in MediaTypeReader range, out bool isMentioned)
    {
        isMentioned = false;

        // By index: the enumerator of an interface would allocate.
        var parameters = mediaType.Parameters;
        for (var i = 0; i < parameters.Count; i++)
        {
            if (!range.ParameterNameEquals(parameters[i].Name)) continue;
            isMentioned = true;
            if (range.ParameterValueEquals(parameters[i].Value)) return true;
        }
        return false;
    }

    private static bool IsName(ReadOnlySpan<char> text, MediaType mediaType)
    {
        var slash = mediaType.Type.Length;
        return text.Length == slash + 1 + mediaType.Subtype.Length && text[slash] == '/'
            && HttpSyntax.EqualsIgnoreCase(text[..slash], mediaType.Type)
            && HttpSyntax.EqualsIgnoreCase(text[(slash + 1)..], mediaType.Subtype);
    }
}
