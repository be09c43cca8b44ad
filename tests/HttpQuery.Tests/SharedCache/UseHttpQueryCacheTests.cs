namespace HttpQuery.Tests.SharedCache;

/// <summary>The shared cache in front of endpoints (§2.7; RFC 9111), on the wire.</summary>
public sealed class UseHttpQueryCacheTests
{
    [Fact]
    public async Task The_same_query_is_answered_by_what_is_stored()
    {
        await using var server = await CachedServer.StartAsync();
        var first = await server.SendAsync("QUERY /rfcs", "application/json", """{"match":"cache"}""");
        var second = await server.SendAsync("QUERY /rfcs", "application/json", """{ "match": "cache" }""");

        Assert.Equal("""QUERY {"match":"cache"} #1""", first.ContentText);
        Assert.StartsWith("HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=", first["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(first.ContentText, second.ContentText);
        Assert.StartsWith("HttpQuery; hit; ttl=", second["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal("0", second["Age"]);
        Assert.Equal(first["Date"], second["Date"]);
    }
}
