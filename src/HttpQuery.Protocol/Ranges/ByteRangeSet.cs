using HttpQuery.Ranges;

namespace HttpQuery;

/// <summary>The value of a Range field in the unit <c>bytes</c>, such as <c>bytes=0-499,-500</c> (RFC 9110 §14.1.2, §14.2).</summary>
public static class ByteRangeSet
{
    /// <summary>Reads a Range field and resolves it against a representation.</summary>
    /// <param name="range">The field value; spaces and tabs around it are ignored.</param>
    /// <param name="length">The length of the representation in octets.</param>
    /// <param name="maximumCount">The most ranges that the field may ask for; more cannot be satisfied, and what follows them is not
    /// read.</param>
    /// <param name="ranges">The octets to send, in the order asked for: within the length, and what overlaps or touches is one range,
    /// in the place of its earliest part. Empty unless <see cref="ByteRangeOutcome.Satisfiable"/>.</param>
    /// <returns><see cref="ByteRangeOutcome.Ignored"/> where the unit is another one, the field is malformed, or there are no octets;
    /// <see cref="ByteRangeOutcome.Unsatisfiable"/> where no range begins within the length.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> or <paramref name="maximumCount"/> is
    /// negative.</exception>
    public static ByteRangeOutcome Resolve(ReadOnlySpan<char> range, long length, int maximumCount, out ByteRange[] ranges)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumCount);
        ranges = [];
        if (length == 0) return ByteRangeOutcome.Ignored;

        // Read twice: nothing is kept of a field that asks for too much or is malformed at its end.
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

    // Sorts by position to merge what meets, then back into the order asked for.
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
