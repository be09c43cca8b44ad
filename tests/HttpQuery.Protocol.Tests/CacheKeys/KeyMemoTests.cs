using System.Text;
using HttpQuery.CacheKeys;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>What is remembered of keys never changes one (docs/cache-key.md).</summary>
public sealed class KeyMemoTests
{
    [Fact]
    public void Keys_are_the_same_with_and_without_what_is_remembered()
    {
        // One place, so that requests drive each other out all the time.
        var (small, large, none) = (new QueryCacheKeyScheme(new() { MemoCapacity = 1 }), new QueryCacheKeyScheme(), new QueryCacheKeyScheme(new() { MemoCapacity = 0 }));
        var random = new Random(1);
        for (var i = 0; i < TestScale.Cases; i++)
        {
            var (target, content, partition) = ($"/{random.Next(4)}{new string('x', 400 * random.Next(4))}", $"{{\"a\": {random.Next(3)}}}", (byte)random.Next(3));
            var method = random.Next(3) == 0 ? "GET" : "QUERY";
            var expected = KeyOf(none, method, target, method is "GET" ? "" : content, partition);
            Assert.Equal(expected, KeyOf(small, method, target, method is "GET" ? "" : content, partition));
            Assert.Equal(expected, KeyOf(large, method, target, method is "GET" ? "" : content, partition));
        }
    }

    [Fact]
    public void Many_threads_remember_at_once()
    {
        var scheme = new QueryCacheKeyScheme(new() { MemoCapacity = 4 });
        var none = new QueryCacheKeyScheme(new() { MemoCapacity = 0 });
        var expected = Enumerable.Range(0, 16).Select(i => KeyOf(none, "QUERY", $"/{i}", "{}", 0)).ToArray();
        Parallel.For(0, 20_000, i => Assert.Equal(expected[i % 16], KeyOf(scheme, "QUERY", $"/{i % 16}", "{}", 0)));
    }

    [Fact]
    public void Claims_in_turn_over_the_same_content_never_meet()
    {
        QueryNormalizations[] claims =
        [
            QueryNormalizations.None, QueryNormalizations.JsonSpelling, QueryNormalizations.JsonMemberOrder, QueryNormalizations.Gzip, QueryNormalizations.Deflate,
            QueryNormalizations.Gzip | QueryNormalizations.JsonSpelling, QueryNormalizations.Gzip | QueryNormalizations.JsonMemberOrder, QueryNormalizations.Gzip | QueryNormalizations.Deflate,
        ];
        var plain = "{ \"b\": 1, \"a\": 2 }"u8.ToArray();
        byte[][] contents = [plain, RandomRequests.Encode(plain, "gzip"), RandomRequests.Encode(plain, "deflate"), RandomRequests.Encode(plain, "br"), []];
        string?[] types = ["application/json", "application/json ;", "text/plain", "application/json;charset=utf-16", null];
        string?[] codings = [null, "gzip", "GZIP", "deflate", "br", "zstd"];
        string?[] controls = [null, "no-transform"];
        var (remembering, none) = (new QueryCacheKeyScheme(), new QueryCacheKeyScheme(new() { MemoCapacity = 0 }));

        var requests =
            from content in contents
            from type in types
            from coding in codings
            from control in controls
            from claim in claims
            select (content, type, coding, control, claim);
        foreach (var (content, type, coding, control, claim) in requests.Concat(requests.Reverse()).Concat(requests))
        {
            (string Name, string? Value)[] fields = [("Content-Type", type), ("Content-Encoding", coding), ("Cache-Control", control)];
            Assert.Equal(Key(none), Key(remembering));

            (QueryCacheKey Key, bool IsNormalized) Key(QueryCacheKeyScheme scheme)
            {
                using var builder = scheme.CreateBuilder();
                builder.Start("QUERY", "https", "a.test", "/");
                foreach (var (name, value) in fields.Where(field => field.Value is not null)) builder.AddField(name, value);
                builder.SetNormalizations(claim);
                return (builder.Complete(content), builder.IsNormalized);
            }
        }
    }

    private static QueryCacheKey KeyOf(QueryCacheKeyScheme scheme, string method, string target, string content, byte partition)
    {
        using var builder = scheme.CreateBuilder();
        builder.Start(method, "https", "a.test", target);
        if (content.Length > 0) builder.AddField("Content-Type", "application/json");
        if (partition > 0) builder.SetPartition([partition]);
        return builder.Complete(Encoding.UTF8.GetBytes(content));
    }
}
