using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>RFC 9111 §4, RFC 10008 §2.7: whatever is asked, answered and changed in whatever order, by whomever, nothing is served that a small model forbids.</summary>
public class QueryCacheModelTests
{
    [Fact]
    public async Task Nothing_is_served_that_the_model_forbids()
    {
        var (served, validated, shared) = (0, 0, 0);
        for (var seed = 0; seed < TestScale.Cases / 20; seed++)
        {
            var run = new CacheModel(new(seed));
            for (var step = 0; step < 300; step++) await run.StepAsync();
            served += run.Served;
            validated += run.Validated;
            shared += run.Shared;
        }
        Assert.True(served > TestScale.Cases / 2 && validated > TestScale.Cases / 20 && shared > TestScale.Cases / 20, $"{served} were served, {validated} validated, {shared} shared: too few to tell anything.");
    }

    [Fact]
    public async Task Nothing_is_served_that_the_model_forbids_while_the_store_fails()
    {
        var served = 0;
        for (var seed = 0; seed < TestScale.Cases / 50; seed++)
        {
            var random = new Random(seed);
            var run = new CacheModel(new(seed), _ => new FailingStore(new MemoryCacheStore(), random));
            for (var step = 0; step < 300; step++) await run.StepAsync();
            served += run.Served;
        }
        Assert.True(served > TestScale.Cases / 20, $"{served} were served: too few to tell anything.");
    }

    // Fails in spells, reading, writing or both.
    private sealed class FailingStore(IItemStore store, Random random) : ObjectStore
    {
        private int _left;
        private int _what;

        public override ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken)
        {
            Fail(1);
            return store.GetAsync(key, cancellationToken);
        }

        public override ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            Fail(2);
            return store.SetAsync(key, item, lifetime, cancellationToken);
        }

        private void Fail(int operation)
        {
            if (_left == 0 && random.Next(200) == 0) (_left, _what) = (random.Next(20), random.Next(1, 4));
            if (_left == 0) return;
            _left--;
            if ((_what & operation) != 0) throw new IOException("down");
        }
    }
}
