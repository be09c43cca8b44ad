using HttpQuery.Caching.Engine;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>The memory of requests under way: a limit for all, and the oldest gives way.</summary>
public class PendingMemoryTests
{
    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void It_gives_up_to_its_limit(int length, bool isGranted)
    {
        var memory = new PendingMemory(100);
        using var share = memory.Begin(isContent: false, giveWay: null);
        Assert.Equal(isGranted, share.TryGrow(length));
        Assert.Equal(isGranted ? length : 0, memory.Size);
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void Content_takes_half_of_it_without_a_share(int length, bool isTaken)
    {
        var (memory, gone, full) = (new PendingMemory(100), new List<int>(), 0);
        memory.Full = () => full++;
        using var older = memory.Begin(isContent: true, () => gone.Add(1));
        Assert.True(older.TryGrow(1));
        Assert.Equal(isTaken, memory.TryTake(length));
        Assert.Equal(isTaken ? length : 1, memory.Size);
        Assert.Equal(isTaken ? [1] : [], gone);
        Assert.Equal(1, full);
        if (!isTaken) return;

        // It does not give way.
        using var newer = memory.Begin(isContent: true, giveWay: null);
        Assert.False(newer.TryGrow(1));
        memory.Return(length);
        Assert.Equal(0, memory.Size);
        using var next = memory.Begin(isContent: true, giveWay: null);
        Assert.True(next.TryGrow(50));
    }

    [Fact]
    public void The_oldest_give_way_as_far_as_is_needed()
    {
        var (memory, gone) = (new PendingMemory(100), new List<int>());
        var shares = Enumerable.Range(0, 5).Select(i => memory.Begin(isContent: false, () => gone.Add(i))).ToArray();
        foreach (var share in shares) Assert.True(share.TryGrow(20));
        using var newest = memory.Begin(isContent: false, () => gone.Add(99));
        Assert.True(newest.TryGrow(21));
        Assert.Equal([0, 1], gone);
        Assert.Equal(81, memory.Size);

        // What gave way gets nothing more, and gives nothing back.
        Assert.False(shares[0].TryGrow(1));
        shares[0].Dispose();
        Assert.Equal(81, memory.Size);
    }

    [Fact]
    public void One_that_is_the_oldest_itself_gives_way_to_those_that_came_after()
    {
        var (memory, gone) = (new PendingMemory(100), new List<int>());
        using var first = memory.Begin(isContent: false, () => gone.Add(1));
        using var second = memory.Begin(isContent: false, () => gone.Add(2));
        Assert.True(first.TryGrow(50) && second.TryGrow(50));
        Assert.False(first.TryGrow(1));
        Assert.Empty(gone);
        Assert.Equal(50, memory.Size);
        Assert.True(second.TryGrow(50));
    }

    [Fact]
    public void Nothing_is_taken_that_would_not_do()
    {
        var (memory, gone) = (new PendingMemory(100), new List<int>());
        using var first = memory.Begin(isContent: false, () => gone.Add(1));
        using var kept = memory.Begin(isContent: false, giveWay: null);
        Assert.True(first.TryGrow(40) && kept.TryGrow(60));
        using var next = memory.Begin(isContent: false, () => gone.Add(3));
        Assert.False(next.TryGrow(41));
        Assert.Empty(gone);
        Assert.Equal(100, memory.Size);
    }

    [Fact]
    public void Contents_take_half_at_most_and_give_way_to_each_other_alone()
    {
        var (memory, gone) = (new PendingMemory(100), new List<int>());
        using var response = memory.Begin(isContent: false, () => gone.Add(1));
        Assert.True(response.TryGrow(30));
        using var content = memory.Begin(isContent: true, () => gone.Add(2));
        Assert.True(content.TryGrow(50));
        using var other = memory.Begin(isContent: true, () => gone.Add(3));
        Assert.True(other.TryGrow(10));
        Assert.Equal([2], gone);
        Assert.Equal(40, memory.Size);
        using var large = memory.Begin(isContent: true, () => gone.Add(4));
        Assert.False(large.TryGrow(51));
        Assert.Equal([2], gone);
    }

    [Fact]
    public void What_is_kept_does_not_give_way()
    {
        var (memory, gone) = (new PendingMemory(100), new List<int>());
        using var kept = memory.Begin(isContent: true, () => gone.Add(1));
        Assert.True(kept.TryGrow(50) && kept.TryKeep());
        using var content = memory.Begin(isContent: true, () => gone.Add(2));
        Assert.False(content.TryGrow(1));
        using var response = memory.Begin(isContent: false, () => gone.Add(3));
        Assert.True(response.TryGrow(50));
        Assert.False(response.TryGrow(1));
        Assert.Empty(gone);
    }

    [Fact]
    public void What_gave_way_cannot_be_kept()
    {
        var memory = new PendingMemory(100);
        using var first = memory.Begin(isContent: false, () => { });
        using var second = memory.Begin(isContent: false, () => { });
        Assert.True(first.TryGrow(60) && second.TryGrow(60));
        Assert.False(first.TryKeep());
    }

    [Fact]
    public void It_says_when_it_is_full()
    {
        var (memory, count) = (new PendingMemory(100), 0);
        memory.Full = () => count++;
        using var first = memory.Begin(isContent: false, () => { });
        using var second = memory.Begin(isContent: false, () => { });
        Assert.True(first.TryGrow(60));
        Assert.Equal(0, count);
        Assert.True(second.TryGrow(60));
        Assert.Equal(1, count);
        Assert.False(second.TryGrow(60));
        Assert.Equal(2, count);

        // What has given way already is not told again.
        Assert.False(first.TryGrow(1) || second.TryGrow(1));
        Assert.Equal(2, count);
    }

    [Fact]
    public void Whatever_happens_it_stays_within_its_limit_and_loses_nothing() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            const int Limit = 1000;
            var memory = new PendingMemory(Limit);
            var (held, shares) = (new Dictionary<int, (bool IsContent, long Length)>(), new Dictionary<int, PendingMemory.Share>());
            for (var step = 0; step < 200; step++)
            {
                var id = random.Next(20);
                if (!shares.TryGetValue(id, out var share))
                {
                    var isContent = random.Next(2) == 0;
                    held[id] = (isContent, 0);
                    shares[id] = share = memory.Begin(isContent, random.Next(4) == 0 ? null : () => held[id] = (isContent, 0));
                }
                if (random.Next(6) == 0)
                {
                    share.Dispose();
                    shares.Remove(id);
                    held.Remove(id);
                }
                else
                {
                    var length = random.Next(300);
                    held[id] = share.TryGrow(length) ? (held[id].IsContent, held[id].Length + length) : (held[id].IsContent, 0);
                }
                Assert.Equal(held.Values.Sum(one => one.Length), memory.Size);
                Assert.InRange(memory.Size, 0, Limit);
                Assert.InRange(held.Values.Where(one => one.IsContent).Sum(one => one.Length), 0, Limit / 2);
            }
            foreach (var share in shares.Values) share.Dispose();
            Assert.Equal(0, memory.Size);
        }).QuickCheckThrowOnFailure();
}
