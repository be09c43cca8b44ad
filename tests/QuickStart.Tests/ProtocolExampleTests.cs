// <protocol>
using HttpQuery;
using HttpQuery.CacheKeys;

// </protocol>
namespace QuickStart.Tests;

/// <summary>The example in the readme of HttpQuery.Protocol.</summary>
public class ProtocolExampleTests
{
    [Fact]
    public void Accept_Query_is_read_and_a_key_is_made()
    {
        // <protocol>
        // The value of an Accept-Query header (RFC 10008 §3).
        var isWellFormed = AcceptQuery.TryParse("application/json, application/sql", out var acceptQuery);
        var takesSql = isWellFormed && acceptQuery!.Accepts("application/sql");

        // The cache key of a QUERY (RFC 10008 §2.7): 32 bytes, the same in every language.
        using var builder = new QueryCacheKeyScheme().CreateBuilder();
        builder.Start("QUERY", "https", "api.test", "/rfcs");
        builder.AddHeader("Content-Type", "application/json");
        QueryCacheKey key = builder.Complete("""{"match":"cache"}"""u8);
        // </protocol>
        Assert.True(takesSql);
        Assert.Equal(2 * QueryCacheKey.Length, key.ToString().Length);
    }
}
