namespace HttpQuery.Protocol.Tests.Ranges;

/// <summary>RFC 9110 §14.1.2, §14.2: the byte ranges of Range.</summary>
public class ByteRangeSetTests
{
    private const int Many = 10_000;
    private const int Most = 16;

    [Theory]
    [InlineData("bytes=0-4", "0-4")]
    [InlineData("BYTES=0-0", "0-0")]
    [InlineData(" bytes=9-9\t", "9-9")]
    [InlineData("bytes=3-", "3-9")]
    [InlineData("bytes=0-", "0-9")]
    [InlineData("bytes=0-9", "0-9")]
    [InlineData("bytes=5-10", "5-9")]
    [InlineData("bytes=-1", "9-9")]
    [InlineData("bytes=-10", "0-9")]
    [InlineData("bytes=-11", "0-9")]
    [InlineData("bytes=007-0008", "7-8")]
    [InlineData("bytes=2-99999999999999999999999", "2-9")]
    [InlineData("bytes=2-9223372036854775807", "2-9")]
    [InlineData("bytes=-99999999999999999999999", "0-9")]
    public void One_range_is_cut_to_the_length(string range, string expected) => Assert.Equal(expected, Resolve(range));

    [Theory]
    [InlineData("bytes=0-1,4-5", "0-1 4-5")]
    [InlineData("bytes=4-5,0-1", "4-5 0-1")]
    [InlineData("bytes=0-0,-1", "0-0 9-9")]
    [InlineData("bytes=0-1 ,\t4-5", "0-1 4-5")]
    [InlineData("bytes=,, 0-1,,4-5, ,", "0-1 4-5")]
    [InlineData("bytes= ,0-1", "0-1")]
    [InlineData("bytes=20-30,0-1,-0", "0-1")]
    public void Ranges_come_in_the_order_asked_for(string range, string expected) => Assert.Equal(expected, Resolve(range));

    [Theory]
    [InlineData("bytes=0-4,5-9", "0-9")]
    [InlineData("bytes=5-9,0-4", "0-9")]
    [InlineData("bytes=0-4,6-9", "0-4 6-9")]
    [InlineData("bytes=0-5,3-7", "0-7")]
    [InlineData("bytes=0-9,3-4", "0-9")]
    [InlineData("bytes=3-4,3-4,3-4", "3-4")]
    [InlineData("bytes=8-9,0-1,4-5,1-4", "8-9 0-5")]
    [InlineData("bytes=4-5,8-9,0-1,1-4", "0-5 8-9")]
    [InlineData("bytes=8-,-5,0-", "0-9")]
    public void What_overlaps_or_touches_is_one_range(string range, string expected) => Assert.Equal(expected, Resolve(range));

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=10-20")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=-000")]
    [InlineData("bytes=9223372036854775807-")]
    [InlineData("bytes=99999999999999999999-99999999999999999999")]
    [InlineData("bytes=10-,-0")]
    public void Ranges_beyond_the_length_are_unsatisfiable(string range)
    {
        Assert.Equal(ByteRangeOutcome.Unsatisfiable, ByteRangeSet.Resolve(range, 10, Most, out var ranges));
        Assert.Empty(ranges);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=,")]
    [InlineData("bytes= ")]
    [InlineData("=0-1")]
    [InlineData("0-1")]
    [InlineData("items=0-1")]
    [InlineData("bytes =0-1")]
    [InlineData("bytes= 0-1")]
    [InlineData("bytes:0-1")]
    [InlineData("bytes=-")]
    [InlineData("bytes=1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-b")]
    [InlineData("bytes=2-1")]
    [InlineData("bytes=20-11")]
    [InlineData("bytes=0 -1")]
    [InlineData("bytes=0- 1")]
    [InlineData("bytes=0-1 2-3")]
    [InlineData("bytes=0-1;2-3")]
    [InlineData("bytes=0-1,2")]
    [InlineData("bytes=0-1,x")]
    [InlineData("bytes=0-1-2")]
    [InlineData("bytes=--1")]
    [InlineData("bytes=+0-1")]
    [InlineData("bytes=0-\u0661")]
    [InlineData("bytes=0x0-1")]
    [InlineData("bytes=10-,2-1")]
    [InlineData("bytes=0-1,bytes=2-3")]
    public void Other_text_is_ignored(string range)
    {
        Assert.Equal(ByteRangeOutcome.Ignored, ByteRangeSet.Resolve(range, 10, Most, out var ranges));
        Assert.Empty(ranges);
    }

    [Theory]
    [InlineData("bytes=0-")]
    [InlineData("bytes=-1")]
    [InlineData("bytes=-0")]
    public void Where_there_are_no_octets_the_field_is_ignored(string range) =>
        Assert.Equal(ByteRangeOutcome.Ignored, ByteRangeSet.Resolve(range, 0, Most, out _));

    [Theory]
    [InlineData("bytes=0-0,2-2", ByteRangeOutcome.Satisfiable)]
    [InlineData("bytes=0-0,2-2,", ByteRangeOutcome.Satisfiable)]
    [InlineData("bytes=0-0,2-2,4-4", ByteRangeOutcome.Unsatisfiable)]
    [InlineData("bytes=0-0,0-0,0-0", ByteRangeOutcome.Unsatisfiable)]
    [InlineData("bytes=20-,20-,20-", ByteRangeOutcome.Unsatisfiable)]
    [InlineData("bytes=0-0,2-2,4-4,x", ByteRangeOutcome.Unsatisfiable)]
    [InlineData("bytes=0-0,2-2,x", ByteRangeOutcome.Ignored)]
    public void More_ranges_than_the_maximum_are_unsatisfiable(string range, ByteRangeOutcome expected) =>
        Assert.Equal(expected, ByteRangeSet.Resolve(range, 10, maximumCount: 2, out _));

    [Fact]
    public void Numbers_below_zero_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ByteRangeSet.Resolve("bytes=0-", -1, Most, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => ByteRangeSet.Resolve("bytes=0-", 1, -1, out _));
    }

    [Fact]
    public void The_longest_representation_has_ranges()
    {
        const string Field = "bytes=-1,0-9223372036854775805";
        Assert.Equal(ByteRangeOutcome.Satisfiable, ByteRangeSet.Resolve(Field, long.MaxValue, Most, out var ranges));
        Assert.Equal([new(0, long.MaxValue - 1)], ranges);
        Assert.Equal(long.MaxValue, ranges[0].Length);
    }

    [Fact]
    public void Ten_thousand_ranges_are_refused_without_allocating()
    {
        var field = "bytes=" + Hostile.Repeat(Many, i => $"{i * 3}-{i * 3},");
        Assert.Equal(ByteRangeOutcome.Unsatisfiable, ByteRangeSet.Resolve(field, long.MaxValue, Most, out var ranges));
        Assert.Empty(ranges);
        Assert.Equal(0, Allocation.Of(() => ByteRangeSet.Resolve(field, long.MaxValue, Most, out _)));
    }

    [Fact]
    public void Ten_thousand_ranges_before_a_malformed_one_are_ignored_without_allocating()
    {
        var field = "bytes=" + Hostile.Repeat(Many, i => $"{i * 3}-{i * 3},") + "x";
        Assert.Equal(ByteRangeOutcome.Ignored, ByteRangeSet.Resolve(field, long.MaxValue, Many, out var ranges));
        Assert.Empty(ranges);
        Assert.Equal(0, Allocation.Of(() => ByteRangeSet.Resolve(field, long.MaxValue, Many, out _)));
    }

    [Fact]
    public void Ten_thousand_ranges_are_resolved_where_so_many_may_be_asked_for()
    {
        var apart = "bytes=" + Hostile.Repeat(Many, i => $"{(Many - i) * 3}-{(Many - i) * 3},");
        Assert.Equal(ByteRangeOutcome.Satisfiable, ByteRangeSet.Resolve(apart, long.MaxValue, Many, out var ranges));
        Assert.Equal(Enumerable.Range(0, Many).Select(i => new ByteRange((Many - i) * 3, (Many - i) * 3)), ranges);

        var touching = "bytes=" + Hostile.Repeat(Many, i => $"{Many - i}-{Many - i},");
        Assert.Equal(ByteRangeOutcome.Satisfiable, ByteRangeSet.Resolve(touching, long.MaxValue, Many, out ranges));
        Assert.Equal([new(1, Many)], ranges);
    }

    [Fact]
    public void Digits_without_end_are_read() =>
        Assert.Equal("0-9", Resolve("bytes=" + new string('0', Many) + "-" + new string('9', Many)));

    [Fact]
    public void The_octets_sent_are_those_asked_for() => RandomCases.AllHold(
        from length in Gen.Choose(1, 24)
        from specs in TextGenerators.Several(Spec, 6)
        select (length, specs),
        random =>
        {
            var outcome = ByteRangeSet.Resolve("bytes=" + string.Join(',', random.specs.Select(Text)), random.length, Most, out var ranges);
            var (first, last) = (ranges.Select(range => range.First), ranges.Select(range => range.Last));
            return outcome == Outcome(random.specs, random.length)
                && Covered(ranges, random.length).SequenceEqual(Asked(random.specs, random.length))
                && ranges.All(range => range.First >= 0 && range.Length > 0 && range.Last < random.length)
                && !first.Intersect(last.Select(position => position + 1)).Any()
                && ranges.Sum(range => range.Length) == Asked(random.specs, random.length).Count(asked => asked);
        });

    [Fact]
    public void Merging_two_at_a_time_comes_to_the_same() => RandomCases.AllHold(
        from length in Gen.Choose(1, 40)
        from specs in TextGenerators.Several(Spec, 8)
        select (length, specs),
        random =>
        {
            ByteRangeSet.Resolve("bytes=" + string.Join(" , ", random.specs.Select(Text)), random.length, Most, out var ranges);
            return ranges.SequenceEqual(MergePairs(random.specs, random.length));
        });

    [Fact]
    public void Any_text_is_answered() => RandomCases.AllHold(
        from text in Gen.OneOf(
            TextGenerators.NearlyField,
            TextGenerators.Text("0129-, ", 0, 12).Select(set => "bytes=" + set),
            TextGenerators.Mutation(Gen.Elements("bytes=0-4,-3", "bytes= ,7-")))
        from length in Gen.Elements(0L, 1, 10, long.MaxValue)
        from most in Gen.Choose(0, 3)
        select (text, length, most),
        random => ByteRangeSet.Resolve(random.text, random.length, random.most, out var ranges) == ByteRangeOutcome.Satisfiable
            ? ranges.Length > 0 && ranges.Length <= random.most
                && ranges.All(range => range.First <= range.Last && range.Last < random.length)
            : ranges.Length == 0);

    // A first and a last position, either of which may be missing.
    private static Gen<(int? First, int? Last)> Spec =>
        from low in Gen.Choose(0, 30)
        from width in Gen.Choose(0, 6)
        from shape in Gen.Choose(0, 5)
        select shape switch { 0 => ((int?)null, (int?)width), 1 => (low, null), _ => (low, low + width) };

    private static string Text((int? First, int? Last) spec) => $"{spec.First}-{spec.Last}";

    private static ByteRangeOutcome Outcome((int? First, int? Last)[] specs, int length)
    {
        if (specs.Length == 0) return ByteRangeOutcome.Ignored;
        return Asked(specs, length).Any(asked => asked) ? ByteRangeOutcome.Satisfiable : ByteRangeOutcome.Unsatisfiable;
    }

    private static bool IsAsked((int? First, int? Last) spec, int position, int length) => spec.First is null
        ? position >= length - spec.Last
        : position >= spec.First && position <= (spec.Last ?? length);

    private static bool[] Asked((int? First, int? Last)[] specs, int length) =>
        [.. Enumerable.Range(0, length).Select(position => specs.Any(spec => IsAsked(spec, position, length)))];

    private static bool[] Covered(ByteRange[] ranges, int length)
    {
        var covered = new bool[length];
        foreach (var range in ranges)
            for (var position = range.First; position <= range.Last; position++) covered[position] = true;
        return covered;
    }

    private static List<ByteRange> MergePairs((int? First, int? Last)[] specs, int length)
    {
        var merged = new List<ByteRange>();
        foreach (var spec in specs)
        {
            var octets = Enumerable.Range(0, length).Where(position => IsAsked(spec, position, length)).ToList();
            if (octets.Count > 0) merged.Add(new(octets[0], octets[^1]));
        }

        for (var i = 0; i < merged.Count; i++)
        {
            var other = merged.FindIndex(i + 1, range => range.First <= merged[i].Last + 1 && merged[i].First <= range.Last + 1);
            if (other < 0) continue;
            merged[i] = new(Math.Min(merged[i].First, merged[other].First), Math.Max(merged[i].Last, merged[other].Last));
            merged.RemoveAt(other);
            i = -1;
        }

        return merged;
    }

    private static string Resolve(string range)
    {
        Assert.Equal(ByteRangeOutcome.Satisfiable, ByteRangeSet.Resolve(range, 10, Most, out var ranges));
        return string.Join(' ', ranges.Select(found => $"{found.First}-{found.Last}"));
    }
}
