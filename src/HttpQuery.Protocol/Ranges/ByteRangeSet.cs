using HttpQuery.Ranges;

namespace HttpQuery;

/// <summary>Resolves Range headers in the unit <c>bytes</c>, such as <c>bytes=0-499,-500</c> (RFC 9110 §14.1.2, §14.2).</summary>
public static class ByteRangeSet
{
    /// <summary>Parses a Range header and resolves it against a representation.</summary>
    /// <param name="range">The header value; spaces and tabs around it are ignored.</param>
    /// <param name="length">The length of the representation in bytes.</param>
    /// <param name="maximumCount">Most ranges that the header may ask for. With more, the result is
    /// <see cref="ByteRangeOutcome.Unsatisfiable"/> and the rest is not read.</param>
    /// <param name="ranges">The bytes to send, within the length, in the order asked for. Ranges that overlap or touch are merged, in
    /// the place of the earliest one. Empty unless <see cref="ByteRangeOutcome.Satisfiable"/>.</param>
    /// <returns><see cref="ByteRangeOutcome.Ignored"/> when the unit is not <c>bytes</c>, the header is malformed, or the length is 0;
    /// <see cref="ByteRangeOutcome.Unsatisfiable"/> when no range begins within the length.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> or <paramref name="maximumCount"/> is
    /// negative.</exception>
    public static ByteRangeOutcome Resolve(ReadOnlySpan<char> range, long length, int maximumCount, out ByteRange[] ranges)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumCount);
        ranges = [];
        if (length == 0) return ByteRangeOutcome.Ignored;

        // Read twice, so that nothing is allocated for a header that asks for too much or is malformed at its end.
        var (asked, satisfiable) = (0, 0);
        var reader = new ByteRangeReader(range, length);
        while (reader.Read())
        {
            if (++asked > maximumCount) return ByteRangeOutcome.Unsatisfiable;
            if (reader.Range is not null) satisfiable++;
        }

        if (reader.IsMalformed || asked == 0) return ByteRangeOutcome.Ignored;
        if (satisfiable == 0) return ByteRangeOutcome.Unsatisfiable;
        ranges = Merge(Collect(new(range, length), satisfiable));
        return ByteRangeOutcome.Satisfiable;
    }

    private static ByteRange[] Collect(ByteRangeReader reader, int count)
    {
        var ranges = new ByteRange[count];
        for (var i = 0; reader.Read();)
            if (reader.Range is { } range) ranges[i++] = range;
        return ranges;
    }

    // Sorts by position to merge neighbours, then back into the order asked for.
    private static ByteRange[] Merge(ByteRange[] ranges)
    {
        if (ranges.Length == 1) return ranges;

        var places = new int[ranges.Length];
        for (var i = 0; i < places.Length; i++) places[i] = i;
        ranges.AsSpan().Sort(places.AsSpan(), (left, right) => left.First.CompareTo(right.First));

        var last = 0;
        for (var i = 1; i < ranges.Length; i++)
        {
            if (ranges[i].First > ranges[last].Last + 1)
            {
                last++;
                (ranges[last], places[last]) = (ranges[i], places[i]);
                continue;
            }

            ranges[last] = ranges[last] with { Last = Math.Max(ranges[last].Last, ranges[i].Last) };
            places[last] = Math.Min(places[last], places[i]);
        }

        Array.Sort(places, ranges, 0, last + 1);
        return ranges[..(last + 1)];
    }
}
