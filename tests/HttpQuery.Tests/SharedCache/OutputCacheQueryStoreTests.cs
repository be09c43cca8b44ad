using HttpQuery.Caching;
using HttpQuery.Caching.Tests.Stores;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>How the store is made.</summary>
public class OutputCacheQueryStoreTests
{
    [Fact]
    public void What_is_needed_is_given()
    {
        Assert.Throws<ArgumentNullException>(() => new OutputCacheQueryStore(null!));
    }

    [Fact]
    public void A_container_makes_it()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddOutputCache();
        services.AddSingleton<IQueryCacheStore, OutputCacheQueryStore>();
        using var provider = services.BuildServiceProvider();
        Assert.IsType<OutputCacheQueryStore>(provider.GetRequiredService<IQueryCacheStore>());
    }
}

/// <summary>The store on ASP.NET Core's in memory.</summary>
public class MemoryOutputCacheTests : ByteItemStoreTests
{
    private readonly IOutputCacheStore _store = OutputCacheStores.Memory();

    protected override IQueryCacheStore Open(int machine) => new OutputCacheQueryStore(_store);

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new OutputCacheQueryStore(new FlawedOutputCacheStore(_store, flaw));
}

/// <summary>The store on Redis, by Microsoft's package; two machines have a connection each.</summary>
public class RedisOutputCacheTests(RedisServer redis) : ByteItemStoreTests, IClassFixture<RedisServer>
{
    private readonly IOutputCacheStore?[] _machines = new IOutputCacheStore?[2];

    protected override IQueryCacheStore Open(int machine) => new OutputCacheQueryStore(_machines[machine] ??= OutputCacheStores.Redis(redis));

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new OutputCacheQueryStore(new FlawedOutputCacheStore(OutputCacheStores.Redis(redis), flaw));
}

/// <summary>A Redis that goes and comes back costs misses.</summary>
public class RedisRestartTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly CacheRuleOptions Rules = new() { Mode = CacheMode.Shared };

    [Fact]
    public async Task Redis_killed_and_started_again_is_noticed_by_nobody()
    {
        var test = TestContext.Current.CancellationToken;
        var store = new OutputCacheQueryStore(OutputCacheStores.Redis(redis));
        var origin = new VersionedOrigin(new QueryCache(new() { Rules = Rules }, store));
        var isOver = false;
        var sent = 0;
        var clients = Enumerable.Range(0, 4).Select(seed => Task.Run(
            async () =>
            {
                for (var random = new Random(seed); !Volatile.Read(ref isOver); Interlocked.Increment(ref sent)) await origin.SendAsync(random);
            },
            test)).ToArray();

        await UntilServedAsync();
        for (var round = 0; round < (TestScale.IsFull ? 2 : 1); round++)
        {
            await redis.KillAsync();
            for (var before = Volatile.Read(ref sent); Volatile.Read(ref sent) < before + 20;) await PauseAsync();
            await redis.StartAsync();
            await UntilServedAsync();
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(clients);

        async Task UntilServedAsync()
        {
            for (var before = origin.Served; origin.Served < before + 20;) await PauseAsync();
        }

        // A client that fails fails the test.
        async Task PauseAsync() => await (await Task.WhenAny([Task.Delay(20, test), .. clients]));
    }
}
