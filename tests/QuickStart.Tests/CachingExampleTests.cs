// <caching>
using HttpQuery.Caching;

// </caching>
namespace QuickStart.Tests;

/// <summary>The example in the readme of HttpQuery.Caching.</summary>
public class CachingExampleTests
{
#pragma warning disable xUnit1051 // The example stays short.
    [Fact]
    public async Task The_store_is_reached()
    {
        // <caching>
        var store = new MemoryCacheStore(maximumSize: 8 * 1024 * 1024);
        var cache = new QueryCache(new QueryCacheOptions(), store);
        var reached = await cache.EvictAsync(new Uri("https://api.test/rfcs"));
        // </caching>
        Assert.True(reached);
    }
}
