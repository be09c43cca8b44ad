using HttpQuery.Caching.Engine;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>An answer that is kept for others tells each of them what holds for it.</summary>
public class CachedHitTests
{
    [Fact]
    public async Task Age_and_time_left_move_on_and_an_answer_is_kept_meanwhile()
    {
        var host = new CacheHost();
        await host.SendAsync("GET /a", CacheHost.Fresh("abc"));
        var first = await ServeAsync(host.Cache, "GET /a");
        Assert.Same(first, await ServeAsync(host.Cache, "GET /a"));
        Assert.Equal(("0", "test; hit; ttl=60"), (first.Age, first.CacheStatus.ToString()));

        host.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await ServeAsync(host.Cache, "GET /a");
        Assert.Equal(("1", "test; hit; ttl=59"), (second.Age, second.CacheStatus.ToString()));

        // The age is rounded down, and so is the time left.
        host.Time.Advance(TimeSpan.FromSeconds(0.5));
        var third = await ServeAsync(host.Cache, "GET /a");
        Assert.Equal(("1", "test; hit; ttl=58"), (third.Age, third.CacheStatus.ToString()));
    }

    [Fact]
    public async Task Caches_with_one_store_tell_each_its_own_name()
    {
        var host = new CacheHost();
        var other = new QueryCache(new() { Name = "other", AddCacheStatus = true }, host.Store, host.Time);
        var silent = new QueryCache(new() { Name = "test" }, host.Store, host.Time);
        await host.SendAsync("GET /a", CacheHost.Fresh("abc"));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("test; hit; ttl=60", (await ServeAsync(host.Cache, "GET /a")).CacheStatus);
            Assert.Equal("other; hit; ttl=60", (await ServeAsync(other, "GET /a")).CacheStatus);
            Assert.Equal(StringValues.Empty, (await ServeAsync(silent, "GET /a")).CacheStatus);
        }
    }

    [Fact]
    public async Task Requests_for_less_than_all_get_that_and_leave_the_whole_answer_as_it_is()
    {
        var host = new CacheHost();
        await host.SendAsync("GET /a", CacheHost.Fresh("abc", "ETag: \"1\""));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((200, 3), Of(await ServeAsync(host.Cache, "GET /a")));
            Assert.Equal((200, 0), Of(await ServeAsync(host.Cache, "HEAD /a")));
            Assert.Equal((206, 1), Of(await ServeAsync(host.Cache, "GET /a", "Range: bytes=1-1")));
            Assert.Equal((304, 0), Of(await ServeAsync(host.Cache, "GET /a", "If-None-Match: \"1\"")));
        }

        static (int Status, int Length) Of(CachedMessage message) => (message.Status, message.Content.Length);
    }

    private static async Task<CachedMessage> ServeAsync(QueryCache cache, string request, params string[] lines) =>
        Assert.IsType<CacheDecision.Serve>(await cache.LookUpAsync(CacheHost.Request(request, lines))).Message;
}
