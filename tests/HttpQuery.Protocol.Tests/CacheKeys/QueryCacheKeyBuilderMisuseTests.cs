using HttpQuery.CacheKeys;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>Misuse by a caller never yields the key of another request.</summary>
public class QueryCacheKeyBuilderMisuseTests
{
    [Fact]
    public void A_builder_disposed_twice_is_lent_once()
    {
        var scheme = new QueryCacheKeyScheme();
        var builder = scheme.CreateBuilder();
        builder.Dispose();
        builder.Dispose();

        Assert.NotSame(scheme.CreateBuilder(), scheme.CreateBuilder());
    }

    [Fact]
    public void A_builder_that_was_given_back_does_nothing()
    {
        var builder = new QueryCacheKeyScheme().CreateBuilder();
        builder.Start("QUERY", "http", "a.test", "/");
        builder.Dispose();

        Assert.Throws<ObjectDisposedException>(() => builder.Start("QUERY", "http", "a.test", "/"));
        Assert.Throws<ObjectDisposedException>(() => builder.AddHeader("Content-Type", "a/b"));
        Assert.Throws<ObjectDisposedException>(() => builder.Append("x"u8));
        Assert.Throws<ObjectDisposedException>(() => builder.Complete());
    }

    [Fact]
    public void Text_that_utf_8_cannot_say_is_refused_instead_of_replaced()
    {
        using var builder = new QueryCacheKeyScheme().CreateBuilder();
        Assert.ThrowsAny<ArgumentException>(() => builder.Start("QUERY", "http", "a.test", "/\ud800"));
        Assert.Throws<InvalidOperationException>(() => builder.Complete());

        builder.Start("QUERY", "http", "a.test", "/");
        Assert.ThrowsAny<ArgumentException>(() => builder.AddHeader("Content-Language", "\ud801"));
        Assert.ThrowsAny<ArgumentException>(() => builder.AddRoutingHeader("X-Host", "\ud801"));
        Assert.ThrowsAny<ArgumentException>(() => builder.AddRoutingHeader("\udc00", "a"));
        var key = builder.Complete();
        builder.Start("QUERY", "http", "a.test", "/");
        Assert.Equal(key, builder.Complete());
        Assert.ThrowsAny<ArgumentException>(() => QueryCacheKey.FromResource("http", "a.test", "/\ud800"));
        Assert.ThrowsAny<ArgumentException>(() => key.Vary(KeyValuePair.Create<string, IEnumerable<string?>>("accept", ["\udc00"])));
        Assert.ThrowsAny<ArgumentException>(() => key.Vary(KeyValuePair.Create<string, IEnumerable<string?>>("\udc00", [])));
    }
}
