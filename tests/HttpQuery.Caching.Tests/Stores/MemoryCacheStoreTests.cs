using System.Buffers;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>Limits, expiry and accounts of the store in memory; SIEVE chooses what goes.</summary>
[Collection(nameof(AloneCollection))]
public class MemoryCacheStoreTests
{
    private const long ItemSize = 224;

    private readonly FakeTimeProvider _time = new(Message.Received);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(8 * ItemSize, 100, 8)]
    [InlineData((9 * ItemSize) - 1, 100, 8)]
    [InlineData(9 * ItemSize, 100, 9)]
    [InlineData(1 << 20, 3, 3)]
    [InlineData(1 << 20, 1, 1)]
    public async Task It_takes_up_to_its_limits(long size, int count, int expected)
    {
        var store = new MemoryCacheStore(size, count, _time);
        for (var i = 0; i < 20; i++)
        {
            await PutAsync(store, i);
            Assert.Equal(Math.Min(i + 1, expected), store.Count);
            Assert.Equal(store.Count * ItemSize, store.Size);
            Assert.True(await HasAsync(store, i));
        }
    }

    [Theory]
    [InlineData(4 * ItemSize, true)]
    [InlineData((4 * ItemSize) - 1, false)]
    public async Task An_item_takes_a_quarter_at_most(long size, bool isTaken)
    {
        var store = new MemoryCacheStore(size, 100, _time);
        await PutAsync(store, 1);
        Assert.Equal(isTaken, await HasAsync(store, 1));
        Assert.Equal(isTaken ? ItemSize : 0, store.Size);
    }

    [Theory]
    [InlineData("small", 100, 0, 0, 0)]
    [InlineData("headers", 1_000, 12, 0, 0)]
    [InlineData("groups", 100, 2, 20, 0)]
    [InlineData("tags", 100, 2, 0, 5)]
    [InlineData("large", 20_000, 4, 0, 0)]
    public async Task What_it_counts_is_what_items_take(string what, int length, int headers, int groups, int tags)
    {
        const int Count = 5_000;
        var (options, request) = (new QueryCacheOptions(), CacheHost.Request("GET /a"));
        var before = MemoryInUse();
        var store = new MemoryCacheStore(1L << 40, int.MaxValue, _time);
        for (var i = 0; i < Count; i++)
        {
            string[] own = [.. Enumerable.Range(0, tags).Select(tag => $"tag {i} {tag}")];
            string[] lines = ["Cache-Control: max-age=3600", .. Enumerable.Range(0, headers).Select(header => $"X-Header-{header}: value {i}")];
            TagEpoch[] tagged = [.. Enumerable.Range(0, groups).Select(group => $"group of an origin {i} {group}").Concat(own).Select(tag => new TagEpoch(tag, 1))];
            var item = new CachedResponse(Message.Stored(Message.Shared, lines), new byte[length], new(1, 2, tagged));
            item.LastHit = new CachedHit(options, 1, i, new(CachedMessage.Create(request, item.At(Key(i)).Item, default, $"HttpQuery; hit; ttl={i + 1000}", Message.Received), null));
            await Items(store).SetAsync(Key(i), item, TimeSpan.FromHours(1), Test);
        }
        var taken = MemoryInUse() - before;
        Assert.True(store.Size is var counted && counted > 0.9 * taken && counted < 1.1 * taken, $"{what}: {store.Size / Count} bytes are counted for each, and {taken / Count} taken.");
        GC.KeepAlive(store);
    }

    [Fact]
    public async Task A_read_finds_an_item_while_another_takes_its_place()
    {
        var store = new MemoryCacheStore(timeProvider: _time);
        await PutAsync(store, 0);
        var isOver = false;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 200_000; i++) await PutAsync(store, 0);
            Volatile.Write(ref isOver, true);
        }, Test);
        var missed = 0;
        while (!Volatile.Read(ref isOver))
            if (!await HasAsync(store, 0)) missed++;
        await writing;
        Assert.Equal(0, missed);
    }

    [Fact]
    public async Task What_was_read_is_spared_once()
    {
        var store = new MemoryCacheStore(1 << 20, 4, _time);
        foreach (var i in new[] { 0, 1, 2, 3 }) await PutAsync(store, i);
        Assert.True(await HasAsync(store, 0) && await HasAsync(store, 2));

        // The hand passes 0 and takes 1, passes 2 and takes 3, takes 4 and, from the start again, 0.
        foreach (var (added, taken) in new[] { (4, 1), (5, 3), (6, 4), (7, 5), (8, 6), (9, 7) })
        {
            await PutAsync(store, added);
            Assert.False(await PeekAsync(store, taken), $"{taken} is to go for {added}.");
            Assert.Equal(4, store.Count);
        }
        Assert.True(await HasAsync(store, 0) && await HasAsync(store, 2));
    }

    [Fact]
    public async Task Where_all_were_read_the_oldest_goes()
    {
        var store = new MemoryCacheStore(1 << 20, 3, _time);
        foreach (var i in new[] { 0, 1, 2 }) await PutAsync(store, i);
        foreach (var i in new[] { 2, 1, 0 }) Assert.True(await HasAsync(store, i));
        await PutAsync(store, 3);
        Assert.False(await HasAsync(store, 0));
        Assert.True(await HasAsync(store, 1) && await HasAsync(store, 2) && await HasAsync(store, 3));
    }

    [Fact]
    public async Task What_is_over_goes_before_what_was_not_read()
    {
        var store = new MemoryCacheStore(1 << 20, 2, _time);
        await PutAsync(store, 0, lifetime: 10);
        Assert.True(await HasAsync(store, 0));
        await PutAsync(store, 1, lifetime: 100);
        _time.Advance(TimeSpan.FromSeconds(10));
        await PutAsync(store, 2, lifetime: 100);
        Assert.True(await HasAsync(store, 1) && await HasAsync(store, 2));
    }

    [Fact]
    public async Task An_item_is_over_when_its_lifetime_is()
    {
        var store = new MemoryCacheStore(timeProvider: _time);
        await PutAsync(store, 0, lifetime: 10);
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.True(await HasAsync(store, 0));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(await HasAsync(store, 0));
        Assert.Equal((0, 0), (store.Count, store.Size));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Without_a_lifetime_it_removes(double lifetime)
    {
        var store = new MemoryCacheStore(timeProvider: _time);
        await PutAsync(store, 0);
        await PutAsync(store, 0, lifetime: lifetime);
        await PutAsync(store, 1, lifetime: lifetime);
        Assert.Equal((0, 0), (store.Count, store.Size));
        Assert.False(await HasAsync(store, 0));
    }

    [Fact]
    public async Task The_longest_lifetime_is_one()
    {
        var store = new MemoryCacheStore(timeProvider: _time);
        await Items(store).SetAsync(Key(0), CacheEpoch.New(), TimeSpan.MaxValue, Test);
        _time.Advance(TimeSpan.FromDays(365_000));
        Assert.True(await HasAsync(store, 0));
    }

    [Fact]
    public async Task What_takes_the_place_of_another_is_accounted_alone()
    {
        var store = new MemoryCacheStore(timeProvider: _time);
        await PutAsync(store, 0);
        var item = Response(1_000);
        await Items(store).SetAsync(Key(0), item, TimeSpan.FromSeconds(60), Test);
        Assert.Equal((1, item.Size), (store.Count, store.Size));
        Assert.Same(item, await Items(store).GetAsync(Key(0), Test));
    }

    [Fact]
    public async Task What_is_too_large_removes_what_it_was_to_replace()
    {
        var store = new MemoryCacheStore(8_000, 10, _time);
        await PutAsync(store, 0);
        await Items(store).SetAsync(Key(0), Response(2_000), TimeSpan.FromSeconds(60), Test);
        Assert.Null(await Items(store).GetAsync(Key(0), Test));
        Assert.Equal((0, 0), (store.Count, store.Size));
    }

    [Fact]
    public async Task Bytes_are_counted_and_evicted_like_objects()
    {
        var store = new MemoryCacheStore((4 * ItemSize) + 250, 100, _time);
        ReadOnlySequence<byte> value = new(new byte[50]);
        await store.SetAsync("a", value, TimeSpan.FromSeconds(60), Test);
        await store.SetAsync("a", value, TimeSpan.FromSeconds(60), Test);
        Assert.Equal((1, ItemSize + 50), (store.Count, store.Size));
        for (var i = 0; i < 4; i++) await PutAsync(store, i);
        Assert.Null(await store.GetAsync("a", Test));
        Assert.Equal((4, 4 * ItemSize), (store.Count, store.Size));

        await store.SetAsync("b", value, TimeSpan.FromSeconds(60), Test);
        Assert.Equal(50, (await store.GetAsync("b", Test))!.Value.Length);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(await store.GetAsync("b", Test));
    }

    [Fact]
    public async Task Bytes_are_copied_and_too_many_of_them_are_not_kept()
    {
        var store = new MemoryCacheStore(4_000, 100, _time);
        byte[] value = [1, 2, 3];
        await store.SetAsync("a", new(value), TimeSpan.FromSeconds(60), Test);
        value[0] = 9;
        Assert.Equal([1, 2, 3], (await store.GetAsync("a", Test))!.Value.ToArray());
        await store.SetAsync("a", new(new byte[1_000]), TimeSpan.FromSeconds(60), Test);
        Assert.Null(await store.GetAsync("a", Test));
    }

    [Fact]
    public async Task Each_string_is_a_key_of_its_own()
    {
        var store = new MemoryCacheStore(timeProvider: _time);
        string[] keys = ["", "a", "A", "\uD800", "\uDBFF", "\uFFFD", "a\0"];
        for (byte i = 0; i < keys.Length; i++) await store.SetAsync(keys[i], new([i]), TimeSpan.FromSeconds(60), Test);
        for (byte i = 0; i < keys.Length; i++) Assert.Equal([i], (await store.GetAsync(keys[i], Test))!.Value.ToArray());
        foreach (var key in keys) await store.RemoveAsync(key, Test);
        Assert.Equal((0, 0), (store.Count, store.Size));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    public void A_limit_is_positive(long size, int count) => Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryCacheStore(size, count));

    [Fact]
    public async Task After_any_sequence_the_accounts_are_right()
    {
        for (var seed = 0; seed < TestScale.Cases / 20; seed++)
        {
            var random = new Random(seed);
            var store = new MemoryCacheStore(random.Next(2_000, 40_000), random.Next(1, 30), _time);
            for (var step = 0; step < 300; step++) await StepAsync(store, random, isAlone: true);
            await AssertAccountsAsync(store);
        }
    }

    [Fact]
    public async Task After_many_at_once_the_accounts_are_right()
    {
        var store = new MemoryCacheStore(30_000, 40, _time);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(
            async () =>
            {
                var random = new Random(seed);
                for (var step = 0; step < 10_000; step++) await StepAsync(store, random, isAlone: false);
            },
            Test)));
        await AssertAccountsAsync(store);
    }

    [Fact]
    public async Task Its_limit_is_about_what_it_takes()
    {
        const long Limit = 8 * 1024 * 1024;
        var store = new MemoryCacheStore(Limit, int.MaxValue, _time);
        var before = MemoryInUse();
        for (var i = 0; i < 100_000; i++) await Items(store).SetAsync(Key(i), Response(200), TimeSpan.FromHours(1), Test);
        var taken = MemoryInUse() - before;
        Assert.InRange(store.Size, Limit * 9 / 10, Limit);
        Assert.True(taken <= Limit * 3 / 2, $"{store.Count} items of {store.Size} bytes take {taken}.");
    }

    // Work of earlier tests may still end, and give its memory back between two readings: wait until two readings agree.
    private static long MemoryInUse()
    {
        var before = long.MaxValue;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var now = GC.GetTotalMemory(forceFullCollection: true);
            if (Math.Abs(before - now) < 4096) return now;
            before = now;
        }
        return before;
    }

    private static QueryCacheKey Key(int number)
    {
        Span<byte> octets = stackalloc byte[QueryCacheKey.Length];
        BitConverter.TryWriteBytes(octets, number);
        return new(octets);
    }

    private static CachedResponse Response(int length)
    {
        var fields = Message.Headers("Cache-Control: max-age=3600", "Content-Type: application/json", "ETag: \"1234\"");
        return new(new(Message.Private, 200, fields, Message.Received, Message.Received), new byte[length], new(1, 2, []));
    }

    private static IItemStore Items(IItemStore store) => store;

    private static async Task<bool> HasAsync(MemoryCacheStore store, int key) => await Items(store).GetAsync(Key(key), Test) is not null;

    // Only for what is expected to be gone: to read it would spare it.
    private static Task<bool> PeekAsync(MemoryCacheStore store, int key) => HasAsync(store, key);

    private static ValueTask PutAsync(MemoryCacheStore store, int key, double lifetime = 60) =>
        Items(store).SetAsync(Key(key), CacheEpoch.New(), TimeSpan.FromSeconds(lifetime), Test);

    private async Task StepAsync(MemoryCacheStore store, Random random, bool isAlone)
    {
        var key = random.Next(60);
        switch (random.Next(20))
        {
            case < 2:
                await PutAsync(store, key, lifetime: 0);
                break;
            case 2 when isAlone:
                _time.Advance(TimeSpan.FromSeconds(random.Next(20)));
                break;
            case < 10:
                await Items(store).SetAsync(Key(key), random.Next(2) == 0 ? CacheEpoch.New() : Response(random.Next(3_000)), TimeSpan.FromSeconds(random.Next(1, 60)), Test);
                break;
            default:
                await Items(store).GetAsync(Key(key), Test);
                break;
        }
    }

    // What lies there is what is accounted, and nothing stays when all is removed.
    private async Task AssertAccountsAsync(MemoryCacheStore store)
    {
        var (count, size) = (0, 0L);
        for (var key = 0; key < 60; key++)
        {
            if (await Items(store).GetAsync(Key(key), Test) is not { } item) continue;
            count++;
            size += item.Size;
        }
        Assert.Equal(count, store.Count);
        Assert.Equal(size, store.Size);
        for (var key = 0; key < 60; key++) await PutAsync(store, key, lifetime: 0);
        Assert.Equal((0, 0), (store.Count, store.Size));
    }
}

/// <summary>Tests that measure the memory of the whole process.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "A collection of tests is what it is.")]
public class AloneCollection;
