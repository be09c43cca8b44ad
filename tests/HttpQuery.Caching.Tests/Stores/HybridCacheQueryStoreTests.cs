using System.Security.Cryptography;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>What holds between two machines with HybridCaches, and what does not.</summary>
public class HybridCacheQueryStoreTests
{
    private static readonly CacheRuleOptions Rules = new();

    private readonly QueryCacheKey _key = new(RandomNumberGenerator.GetBytes(QueryCacheKey.Length));

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private static ByteItemStore Items(HybridCacheQueryStore store) => new(store, Rules);

    [Fact]
    public async Task What_the_cache_does_not_take_is_not_said_to_be_stored()
    {
        var cache = HybridCaches.Microsoft(new FlawedDistributedCache(HybridCaches.Memory(), new()), maximumPayload: 10_000);
        var host = new CacheHost(store: _ => new HybridCacheQueryStore(cache) { MaximumItemSize = 10_000 });
        var reply = await host.SendAsync("GET /a", CacheHost.Fresh(new string('a', 12_000), "Content-Length: 12000"));
        Assert.Equal("test; fwd=uri-miss; fwd-status=200; detail=too-long", reply["Cache-Status"]);

        await host.SendAsync("GET /b", CacheHost.Fresh(new string('b', 8_000), "Content-Length: 8000"));
        await host.AssertServedAsync(new string('b', 8_000), "GET /b");
    }

    [Fact]
    public async Task An_unsafe_request_on_one_machine_counts_on_another()
    {
        var shared = new FlawedDistributedCache(HybridCaches.Memory(), new());
        CacheHost[] machines = [On(shared), On(shared)];
        const string Query = """QUERY /a {"q":1}""";
        await machines[0].SendAsync(Query, CacheHost.Fresh("old"));
        foreach (var machine in machines) await machine.AssertServedAsync("old", Query);
        await machines[0].SendAsync("PUT /a", new OriginAnswer(204, ""));
        foreach (var machine in machines) await machine.AssertForwardedAsync(Query);

        static CacheHost On(FlawedDistributedCache shared) => new(store: _ => new HybridCacheQueryStore(HybridCaches.Microsoft(shared)));
    }

    [Fact]
    public async Task A_read_does_not_join_one_that_began_before_a_write_was_over()
    {
        var shared = new FlawedDistributedCache(HybridCaches.Memory(), new());
        var store = Items(new HybridCacheQueryStore(HybridCaches.Microsoft(shared)));
        await store.SetAsync(_key, new CacheEpoch(1), TimeSpan.FromMinutes(1), Test);

        var (hasRead, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        shared.AfterGet = () =>
        {
            hasRead.TrySetResult();
            return gate.Task;
        };
        var first = store.GetAsync(_key, Test).AsTask();
        await hasRead.Task.WaitAsync(Test);
        shared.AfterGet = null;
        await store.SetAsync(_key, new CacheEpoch(2), TimeSpan.FromMinutes(1), Test);
        Task<CacheItem?>[] after = [store.GetAsync(_key, Test).AsTask(), store.GetAsync(_key, Test).AsTask()];
        gate.SetResult();
        Assert.Equal((UInt128)1, Assert.IsType<CacheEpoch>(await first).Number);
        foreach (var read in after) Assert.Equal((UInt128)2, Assert.IsType<CacheEpoch>(await read).Number);
    }

    [Fact]
    public async Task A_read_that_fails_does_not_stay()
    {
        var flaw = new Flaw();
        var store = Items(new HybridCacheQueryStore(new FlawedHybridCache(HybridCaches.Microsoft(null), flaw), localOnly: true));
        await store.SetAsync(_key, new CacheEpoch(1), TimeSpan.FromMinutes(1), Test);
        flaw.Fault = Fault.Throws;
        await Assert.ThrowsAsync<IOException>(async () => await store.GetAsync(_key, Test));
        flaw.Fault = Fault.None;
        Assert.NotNull(await store.GetAsync(_key, Test));
    }

    [Fact]
    public async Task A_read_that_nobody_waits_for_any_more_does_not_stay()
    {
        var flaw = new Flaw();
        var store = Items(new HybridCacheQueryStore(new FlawedHybridCache(HybridCaches.Microsoft(null), flaw), localOnly: true));
        await store.SetAsync(_key, new CacheEpoch(1), TimeSpan.FromMinutes(1), Test);
        flaw.Fault = Fault.Hangs;
        using var impatience = new CancellationTokenSource();
        var reads = Enumerable.Range(0, 3).Select(_ => store.GetAsync(_key, impatience.Token).AsTask()).ToArray();
        await impatience.CancelAsync();
        foreach (var read in reads) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        flaw.Fault = Fault.None;
        Assert.NotNull(await store.GetAsync(_key, Test));
    }

    [Fact]
    public async Task Reads_write_nothing()
    {
        var shared = new FlawedDistributedCache(HybridCaches.Memory(), new());
        foreach (var cache in new[] { HybridCaches.Microsoft(shared), HybridCaches.Fusion(shared) })
        {
            var store = Items(new HybridCacheQueryStore(cache));
            Assert.Null(await store.GetAsync(_key, Test));
            Assert.Equal(0, shared.Sets);
        }
    }

    [Fact]
    public async Task Without_the_tier_that_was_stated_nothing_is_found_and_nothing_fails()
    {
        foreach (var cache in new[] { HybridCaches.Microsoft(null), HybridCaches.Fusion(null) })
        {
            var host = new CacheHost(store: _ => new HybridCacheQueryStore(cache));
            await host.SendAsync("GET /a", CacheHost.Fresh("old"));
            await host.SendAsync("PUT /a", new OriginAnswer(204, ""));
            await host.AssertForwardedAsync("GET /a");
        }
    }

    [Fact]
    public async Task What_is_larger_than_the_cache_takes_is_a_miss()
    {
        var cache = HybridCaches.Microsoft(new FlawedDistributedCache(HybridCaches.Memory(), new()), maximumPayload: 20_000);
        var host = new CacheHost(store: _ => new HybridCacheQueryStore(cache));
        await host.SendAsync("GET /small", CacheHost.Fresh("small"));
        await host.AssertServedAsync("small", "GET /small");
        Assert.Equal(200, (await host.SendAsync("GET /large", CacheHost.Fresh(new string('x', 20_000)))).Status);
        await host.AssertForwardedAsync("GET /large");
    }

    [Fact]
    public void A_container_makes_it()
    {
        var services = new ServiceCollection();
        services.AddHybridCache();
        services.AddSingleton<IQueryCacheStore, HybridCacheQueryStore>();
        using var provider = services.BuildServiceProvider();
        Assert.IsType<HybridCacheQueryStore>(provider.GetRequiredService<IQueryCacheStore>());
    }

    [Fact]
    public void A_container_makes_one_on_a_distributed_cache()
    {
        var services = new ServiceCollection();
        services.AddDistributedMemoryCache();
        services.AddSingleton<IQueryCacheStore, DistributedCacheQueryStore>();
        using var provider = services.BuildServiceProvider();
        Assert.IsType<DistributedCacheQueryStore>(provider.GetRequiredService<IQueryCacheStore>());
    }

    [Fact]
    public async Task What_is_larger_than_the_store_says_takes_away_what_was_there()
    {
        var store = Items(new(HybridCaches.Microsoft(null), localOnly: true) { MaximumItemSize = 400 });
        var (small, large) = (Message.Stored(Message.Private, "Cache-Control: max-age=60"), new byte[400]);
        await store.SetAsync(_key, new CachedResponse(small, new byte[100], new(1, 2, [])), TimeSpan.FromMinutes(1), Test);
        Assert.NotNull(await store.GetAsync(_key, Test));
        await store.SetAsync(_key, new CachedResponse(small, large, new(1, 2, [])), TimeSpan.FromMinutes(1), Test);
        Assert.Null(await store.GetAsync(_key, Test));
    }

    [Fact]
    public void What_is_needed_is_given()
    {
        Assert.Throws<ArgumentNullException>(() => new HybridCacheQueryStore(null!));
        Assert.Throws<ArgumentNullException>(() => new DistributedCacheQueryStore(null!));
    }

    [Fact]
    public async Task A_read_that_never_ends_does_not_stay_when_nobody_waits_for_it_any_more()
    {
        var shared = new FlawedDistributedCache(HybridCaches.Memory(), new());
        var store = Items(new HybridCacheQueryStore(HybridCaches.Microsoft(shared)));
        await store.SetAsync(_key, new CacheEpoch(1), TimeSpan.FromMinutes(1), Test);

        var (hasRead, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        shared.AfterGet = () =>
        {
            hasRead.TrySetResult();
            return never.Task;
        };
        using var patience = new CancellationTokenSource();
        Task[] waiting = [store.GetAsync(_key, patience.Token).AsTask(), store.GetAsync(_key, patience.Token).AsTask()];
        await hasRead.Task.WaitAsync(Test);
        await patience.CancelAsync();
        foreach (var read in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        shared.AfterGet = null;
        Assert.NotNull(await store.GetAsync(_key, Test).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Test));
    }
}
