namespace HttpQuery.Client.Tests.Fallback;

/// <summary>The paths that a POST may be sent to, and no other.</summary>
public sealed class FallbackPathDictionaryTests
{
    private static readonly FallbackPathDictionary Paths = new()
    {
        { "/pods", "/pods/_search" },
        "/search",
        "/api/*",
        { "/api/old/*", "/v1/*" },
        "/api/old/exact",
        { "/a%20b", "/c" },
    };

    [Theory]
    [InlineData("/pods", "/pods", "/pods/_search")]
    [InlineData("/pods?limit=2&x=%2f", "/pods", "/pods/_search?limit=2&x=%2f")]
    [InlineData("/search", "/search", "/search")]
    [InlineData("/api/x", "/api/*", "/api/x")]
    [InlineData("/api/x/y?z", "/api/*", "/api/x/y?z")]
    [InlineData("/api/old/x/y", "/api/old/*", "/v1/x/y")]
    [InlineData("/api/old/exact", "/api/old/exact", "/api/old/exact")]
    [InlineData("/a%20b", "/a%20b", "/c")]
    public void A_named_path_is_mapped_with_its_query_part(string target, string key, string expected)
    {
        Assert.True(Paths.TryMap(new("http://ann@api.test:81" + target), out var found, out var uri));
        Assert.Equal((key, "http://ann@api.test:81" + expected), (found, uri.OriginalString));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/pods/")]
    [InlineData("/Pods")]
    [InlineData("/pods/1")]
    [InlineData("/p%6Fds")]
    [InlineData("/search/x")]
    [InlineData("/api")]
    [InlineData("/api/")]
    [InlineData("/apix")]
    [InlineData("/api/../admin")]
    [InlineData("/api/./x")]
    [InlineData("/api/..;/admin")]
    [InlineData("/api/%2e%2E/admin")]
    [InlineData("/api/.%2e/admin")]
    [InlineData("/api/..%2fadmin")]
    [InlineData("/api/x%2F..%2f../admin")]
    [InlineData("/api/x%5c..")]
    [InlineData("/api/x\\..\\..\\admin")]
    [InlineData("/api/%252e%252e/admin")]
    [InlineData("/api//admin")]
    [InlineData("/a b")]
    public void Another_path_is_not(string target)
    {
        var uri = new Uri("http://api.test" + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        Assert.False(Paths.TryMap(uri, out _, out _));
    }

    [Theory]
    [InlineData("pods", "/pods")]
    [InlineData("", "/pods")]
    [InlineData("/pods", "http://other.test/pods")]
    [InlineData("/pods", "//other.test/pods", true)]
    [InlineData("/pods?x", "/pods")]
    [InlineData("/pods", "/pods#x")]
    [InlineData("/pods ", "/pods")]
    [InlineData("/pöds", "/pods")]
    [InlineData("/*/pods", "/pods")]
    [InlineData("/po*", "/po*")]
    [InlineData("/pods/*", "/search")]
    [InlineData("/pods", "/search/*")]
    public void What_is_not_a_path_is_an_error(string path, string target, bool isAllowed = false)
    {
        var options = new QueryFallbackOptions { Paths = { { path, target } } };
        var failure = Record.Exception(() => new QueryFallbackHandler(options));
        if (isAllowed) Assert.Null(failure);
        else Assert.StartsWith("QueryFallbackOptions.Paths: ", Assert.IsType<ArgumentException>(failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_begins_with_two_slashes_stays_at_the_origin()
    {
        var paths = new FallbackPathDictionary { { "/pods", "//other.test/pods" } };
        Assert.True(paths.TryMap(new("http://api.test/pods"), out _, out var uri));
        Assert.Equal(("api.test", "//other.test/pods"), (uri.Host, uri.AbsolutePath));
    }
}
