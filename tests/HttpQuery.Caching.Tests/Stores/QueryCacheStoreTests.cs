using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.StackExchangeRedis;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>The store in memory.</summary>
public class MemoryStoreTests : ByteItemStoreTests
{
    private readonly MemoryCacheStore _store = new();

    protected override IQueryCacheStore Open(int machine) => _store;

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new FlawedByteStore(_store, flaw);
}

/// <summary>The store in memory behind another, which makes it one of bytes.</summary>
public class WrappedMemoryStoreTests : QueryCacheStoreContractTests
{
    private readonly FlawedByteStore _store = new(new MemoryCacheStore(), new());

    protected override IQueryCacheStore Open(int machine) => _store;
}

/// <summary>An IDistributedCache, as it were of another process.</summary>
public class DistributedCacheTests : ByteItemStoreTests
{
    private readonly MemoryDistributedCache _cache = HybridCaches.Memory();

    protected override IQueryCacheStore Open(int machine) => new DistributedCacheQueryStore(_cache);

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new DistributedCacheQueryStore(new FlawedDistributedCache(_cache, flaw));
}

/// <summary>Microsoft's IDistributedCache on Redis, which takes buffers; two machines have a connection each.</summary>
public class RedisDistributedCacheTests(RedisServer redis) : ByteItemStoreTests, IClassFixture<RedisServer>
{
    private readonly RedisCache?[] _machines = new RedisCache?[2];

    protected override IQueryCacheStore Open(int machine)
    {
        redis.Require();
        return new DistributedCacheQueryStore(_machines[machine] ??= HybridCaches.Redis(redis));
    }

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new FlawedByteStore(Open(0), flaw);
}

/// <summary>A HybridCache with no distributed tier.</summary>
public abstract class LocalHybridTests(HybridCache cache) : ByteItemStoreTests
{
    protected override IQueryCacheStore Open(int machine) => new HybridCacheQueryStore(cache, localOnly: true);

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new HybridCacheQueryStore(new FlawedHybridCache(cache, flaw), localOnly: true);
}

/// <summary>Two HybridCaches on one distributed tier.</summary>
public abstract class DistributedHybridTests(Func<IDistributedCache> open, Func<IDistributedCache, HybridCache> create) : ByteItemStoreTests
{
    private readonly HybridCache?[] _machines = new HybridCache?[2];
    private IDistributedCache? _distributed;

    protected override IQueryCacheStore Open(int machine) => new HybridCacheQueryStore(_machines[machine] ??= create(_distributed ??= open()));

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new HybridCacheQueryStore(create(new FlawedDistributedCache(open(), flaw)));
}

/// <summary>Microsoft's HybridCache, local.</summary>
public class MicrosoftLocalTests() : LocalHybridTests(HybridCaches.Microsoft(null));

/// <summary>FusionCache, local.</summary>
public class FusionLocalTests() : LocalHybridTests(HybridCaches.Fusion(null));

/// <summary>Microsoft's HybridCache on another process's memory, as it were.</summary>
public class MicrosoftDistributedTests() : DistributedHybridTests(() => new FlawedDistributedCache(HybridCaches.Memory(), new()), cache => HybridCaches.Microsoft(cache));

/// <summary>FusionCache on the same.</summary>
public class FusionDistributedTests() : DistributedHybridTests(HybridCaches.Memory, HybridCaches.Fusion);

/// <summary>Microsoft's HybridCache on Redis.</summary>
public class MicrosoftRedisTests(RedisServer redis) : DistributedHybridTests(() => Open(redis), cache => HybridCaches.Microsoft(cache)), IClassFixture<RedisServer>
{
    private static RedisCache Open(RedisServer redis)
    {
        redis.Require();
        return HybridCaches.Redis(redis);
    }
}
