using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.StackExchangeRedis;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>The store in memory.</summary>
public class MemoryStoreTests : QueryStoreTests
{
    private readonly MemoryCacheStore _store = new();

    protected override IQueryCacheStore Open(CacheRuleOptions rules, int machine) => _store;
}

/// <summary>A HybridCache with no distributed tier.</summary>
public abstract class LocalHybridTests(HybridCache cache) : OctetStoreTests
{
    protected override IQueryCacheStore Open(CacheRuleOptions rules, int machine) => new HybridCacheQueryStore(cache, rules, localOnly: true);

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new HybridCacheQueryStore(new FlawedHybridCache(cache, flaw), Rules, localOnly: true);
}

/// <summary>Two HybridCaches on one distributed tier.</summary>
public abstract class DistributedHybridTests(Func<IDistributedCache> open, Func<IDistributedCache, HybridCache> create) : OctetStoreTests
{
    private readonly HybridCache?[] _machines = new HybridCache?[2];
    private IDistributedCache? _distributed;

    protected override IQueryCacheStore Open(CacheRuleOptions rules, int machine) => new HybridCacheQueryStore(_machines[machine] ??= create(_distributed ??= open()), rules);

    protected override IQueryCacheStore OpenFlawed(Flaw flaw) => new HybridCacheQueryStore(create(new FlawedDistributedCache(open(), flaw)), Rules);
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
