using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>What every <see cref="IQueryCacheStore"/> does, by itself and under a <see cref="QueryCache"/>.</summary>
public abstract class QueryCacheStoreContractTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    protected static CacheRuleOptions Rules => new() { Mode = CacheMode.Shared };

    protected static CancellationToken Test => TestContext.Current.CancellationToken;

    /// <summary>The store as a machine has it; where it keeps items for one machine alone, there is only the one.</summary>
    protected abstract IQueryCacheStore Open(int machine);

    [Fact]
    public async Task What_was_set_is_got()
    {
        var store = OpenItems();
        foreach (var item in Items())
        {
            var key = NewKey();
            Assert.Null(await store.GetAsync(key, Test));
            await store.SetAsync(key, item, Long, Test);
            AssertSame(item, await store.GetAsync(key, Test));
        }
    }

    [Fact]
    public async Task What_takes_the_place_of_another_is_got()
    {
        var store = OpenItems();
        var key = NewKey();
        foreach (var item in Items().Concat(Items()))
        {
            await store.SetAsync(key, item, Long, Test);
            AssertSame(item, await store.GetAsync(key, Test));
        }
    }

    [Fact]
    public async Task What_is_written_on_one_machine_is_read_on_another()
    {
        var (one, other) = (OpenItems(), OpenItems(1));
        var key = NewKey();
        foreach (var item in Items().Concat(Items()))
        {
            await one.SetAsync(key, item, Long, Test);
            AssertSame(item, await other.GetAsync(key, Test));
            (one, other) = (other, one);
        }
    }

    [Fact]
    public async Task What_is_over_is_gone()
    {
        var store = OpenItems();
        var key = NewKey();
        await store.SetAsync(key, CacheEpoch.New(), TimeSpan.FromMilliseconds(10), Test);
        while (await store.GetAsync(key, Test) is not null) await Task.Delay(50, Test);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Without_a_lifetime_it_removes(int seconds)
    {
        var store = OpenItems();
        var key = NewKey();
        await store.SetAsync(key, CacheEpoch.New(), Long, Test);
        await store.SetAsync(key, CacheEpoch.New(), TimeSpan.FromSeconds(seconds), Test);
        Assert.Null(await store.GetAsync(key, Test));
    }

    [Fact]
    public async Task The_longest_lifetime_is_one()
    {
        var store = OpenItems();
        var key = NewKey();
        await store.SetAsync(key, Response("a"), TimeSpan.MaxValue, Test);
        Assert.NotNull(await store.GetAsync(key, Test));
    }

    [Fact]
    public async Task Bytes_are_got_as_they_were_set_until_they_are_removed()
    {
        var (one, other) = (Open(0), Open(1));
        var key = $"httpquery:test:{NewKey()}";
        Assert.Null(await one.GetAsync(key, Test));
        await one.RemoveAsync(key, Test);
        foreach (var length in new[] { 1, 100, 10_000 })
        {
            var value = RandomNumberGenerator.GetBytes(length);
            await one.SetAsync(key, Pieces(value), Long, Test);
            AssertSame(value, await one.GetAsync(key, Test));
            AssertSame(value, await other.GetAsync(key, Test));
            (one, other) = (other, one);
        }
        await one.RemoveAsync(key, Test);
        Assert.Null(await one.GetAsync(key, Test));
        Assert.Null(await other.GetAsync(key, Test));
    }

    // The cache reuses the memory; what was read stays as it is.
    [Fact]
    public async Task Bytes_are_copied()
    {
        var store = Open(0);
        var key = $"httpquery:test:{NewKey()}";
        byte[] value = [1, 2, 3];
        await store.SetAsync(key, new(value), Long, Test);
        value[0] = 9;
        var read = await store.GetAsync(key, Test);
        AssertSame([1, 2, 3], read);
        await store.SetAsync(key, new(value), Long, Test);
        AssertSame([9, 2, 3], await store.GetAsync(key, Test));
        AssertSame([1, 2, 3], read);
    }

    [Fact]
    public async Task A_mebibyte_is_kept()
    {
        var (store, key) = (OpenItems(), NewKey());
        var item = Response(new string('x', 1024 * 1024));
        await store.SetAsync(key, item, Long, Test);
        AssertSame(item, await store.GetAsync(key, Test));
    }

    [Fact]
    public async Task Many_at_once_get_what_is_their_own()
    {
        var store = OpenItems();
        QueryCacheKey[] keys = [.. Enumerable.Range(0, 20).Select(_ => NewKey())];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(
            async () =>
            {
                var random = new Random(seed);
                for (var i = 0; i < TestScale.Cases / 5 && i < 2_000; i++)
                {
                    var number = random.Next(keys.Length);
                    if (random.Next(3) == 0) await store.SetAsync(keys[number], Response(keys[number].ToString()), Long, Test);
                    else if (random.Next(20) == 0) await store.SetAsync(keys[number], CacheEpoch.New(), TimeSpan.Zero, Test);
                    else if (await store.GetAsync(keys[number], Test) is { } item) AssertSame(Response(keys[number].ToString()), item);
                }
            },
            Test)));
    }

    [Fact]
    public async Task A_read_sees_what_was_written_before_it_began()
    {
        var (one, other) = (OpenItems(), OpenItems(1));
        var key = NewKey();
        var written = 0;
        await one.SetAsync(key, new CacheEpoch(0), Long, Test);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (Volatile.Read(ref written) is var floor && floor < 300)
                {
                    if (await other.GetAsync(key, Test) is CacheEpoch epoch) Assert.True(epoch.Number >= (UInt128)floor, $"{epoch.Number} was read, after {floor} had been written.");
                }
            },
            Test)).ToArray();
        for (var i = 1; i <= 300; i++)
        {
            await one.SetAsync(key, new CacheEpoch((UInt128)i), Long, Test);
            Volatile.Write(ref written, i);
        }
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Nothing_is_served_that_the_model_forbids()
    {
        var served = 0;
        for (var seed = 0; seed < (TestScale.IsFull ? 10 : 2); seed++)
        {
            // Each run has another clock, and a store may be used by all of them.
            var model = new CacheModel(new(seed), _ => new OwnKeys(Open(0)));
            for (var step = 0; step < 200; step++) await model.StepAsync();
            served += model.Served;
        }
        Assert.True(served > 20, $"{served} were served: too few to tell anything.");
    }

    [Fact]
    public async Task Of_many_requests_at_once_none_gets_what_is_anothers_or_old()
    {
        var count = TestScale.IsFull ? 10_000 : 1_000;
        QueryCache[] caches = [CacheOn(Open(0)), CacheOn(Open(1))];
        var origin = new VersionedOrigin(caches);
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(seed => Task.Run(
            async () =>
            {
                var random = new Random(seed);
                while (Interlocked.Increment(ref next) <= count) await origin.SendAsync(random);
            },
            Test)));
        Assert.True(origin.Served > count / 20, $"{origin.Served} were served: too few to tell anything.");
    }

    private IItemStore OpenItems(int machine = 0) => ByteItemStore.For(Open(machine), Rules);

    internal static QueryCache CacheOn(IQueryCacheStore store, int timeout = 10_000) =>
        new(new() { Rules = Rules, StoreTimeout = TimeSpan.FromMilliseconds(timeout) }, store);

    protected static QueryCacheKey NewKey() => new(RandomNumberGenerator.GetBytes(QueryCacheKey.Length));

    private protected static CachedResponse Response(string content)
    {
        var fields = Message.Headers("Cache-Control: max-age=3600", "A: 1", "B: 2", "A: é");
        return new(new(Rules, 200, fields, Message.At(-1), Message.Received), Encoding.UTF8.GetBytes(content), new(1, 2, [new TagEpoch("t", 3)]));
    }

    private protected static void AssertSame(CacheItem expected, CacheItem? actual)
    {
        switch (expected)
        {
            case CacheEpoch epoch:
                Assert.Equal(epoch.Number, Assert.IsType<CacheEpoch>(actual).Number);
                break;
            case CacheVariants variants:
                Assert.Equal(variants.Lists, Assert.IsType<CacheVariants>(actual).Lists);
                break;
            case CachedResponse response:
                var (before, after) = (response.Response, Assert.IsType<CachedResponse>(actual).Response);
                Assert.Equal((before.Status, before.RequestTime, before.ResponseTime), (after.Status, after.RequestTime, after.ResponseTime));
                Assert.Equal(before.Headers, after.Headers);
                Assert.True(response.Content.Span.SequenceEqual(((CachedResponse)actual).Content.Span));
                break;
        }
    }

    private static void AssertSame(byte[] expected, ReadOnlyMemory<byte>? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected, actual.Value.ToArray());
    }

    private static ReadOnlySequence<byte> Pieces(byte[] value)
    {
        var middle = value.Length / 2;
        var last = new Piece(value.AsMemory(middle), middle, null);
        return new(new Piece(value.AsMemory(0, middle), 0, last), 0, last, value.Length - middle);
    }

    private static IEnumerable<CacheItem> Items()
    {
        Assert.True(VaryRules.TryParse("Accept, Foo", out var names));
        return [CacheEpoch.New(), new CacheVariants(names, HeaderNameSet.Empty), Response(RandomNumberGenerator.GetHexString(8))];
    }

    /// <summary>A part of a store that nobody else has.</summary>
    private sealed class OwnKeys(IQueryCacheStore store) : IQueryCacheStore
    {
        private readonly string _id = RandomNumberGenerator.GetHexString(16);

        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(_id + key, cancellationToken);

        public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken) =>
            store.SetAsync(_id + key, value, lifetime, cancellationToken);

        public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) => store.RemoveAsync(_id + key, cancellationToken);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long start, Piece? next) => (Memory, RunningIndex, Next) = (memory, start, next);
    }
}
