using System.Buffers;
using System.Text;
using HttpQuery.CacheKeys;
using HttpQuery.Protocol.Tests.Support;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>The builder: its states, its ways to take content, what it remembers and what it allocates.</summary>
public class QueryCacheKeyBuilderTests
{
    private static readonly byte[] Json = Encoding.UTF8.GetBytes("{ \"match\": \"cache\", \"fromYear\": 2014, \"limit\": 10 }");

    [Fact]
    public async Task Spans_sequences_and_streams_give_one_key()
    {
        var scheme = new QueryCacheKeyScheme(new() { Normalizations = QueryNormalizations.JsonSpelling });
        var sequence = Sequences.Of(Json[..5], Json[5..6], Json[6..]);
        using var builder = scheme.CreateBuilder();

        var key = Start(builder).Complete(Json);
        Assert.Equal(key, Start(builder).Complete(sequence));

        Start(builder).Append(sequence);
        Assert.Equal(key, builder.Complete());

        await Start(builder).AppendAsync(new MemoryStream(Json), TestContext.Current.CancellationToken);
        Assert.Equal(key, builder.Complete());

        Start(builder);
        foreach (var octet in Json) builder.Append([octet]);
        Assert.Equal(key, builder.Complete());
    }

    [Fact]
    public void Text_counts_as_UTF_8()
    {
        using var builder = new QueryCacheKeyScheme().CreateBuilder();
        builder.Start("QUERY", "http", "a.test", "/é");
        builder.AddHeader("Content-Type", "text/plain; a=\"é\"");
        builder.AddRoutingHeader("X-Host", "é");
        var text = builder.Complete([]);

        builder.Start("QUERY"u8, "http"u8, "a.test"u8, "/é"u8);
        builder.AddHeader("Content-Type", "text/plain; a=\"é\""u8);
        builder.AddRoutingHeader("x-HOST", "é"u8);
        Assert.Equal(text, builder.Complete([]));
    }

    [Fact]
    public void What_was_begun_and_left_leaves_nothing_behind()
    {
        using var builder = new QueryCacheKeyScheme(new() { Normalizations = QueryNormalizations.JsonSpelling }).CreateBuilder();
        var key = Start(builder).Complete(Json);

        foreach (var coding in new[] { null, "gzip", "deflate" })
        {
            builder.Start("QUERY", "http", "b.test", "/other");
            builder.AddHeader("Content-Type", "application/json");
            if (coding is not null) builder.AddHeader("Content-Encoding", coding);
            builder.AddRoutingHeader("X-Host", "c.test");
            builder.SetPartition("somebody"u8);
            builder.SetNormalizations(QueryNormalizations.Gzip | QueryNormalizations.Deflate | QueryNormalizations.JsonMemberOrder);
            builder.Append("[1,{\"half\":\""u8);
            Assert.Equal(key, Start(builder).Complete(Json));
        }
    }

    [Fact]
    public void Steps_out_of_order_are_refused()
    {
        using var builder = new QueryCacheKeyScheme().CreateBuilder();
        Assert.Throws<InvalidOperationException>(() => builder.AddHeader("Content-Type", "a/b"));
        Assert.Throws<InvalidOperationException>(() => builder.AddRoutingHeader("X-Host", "a"));
        Assert.Throws<InvalidOperationException>(() => builder.SetNormalizations(QueryNormalizations.Gzip));
        Assert.Throws<InvalidOperationException>(() => builder.Append(Json));
        Assert.Throws<InvalidOperationException>(() => builder.Complete());

        Start(builder).Append(Json);
        Assert.Throws<InvalidOperationException>(() => builder.AddHeader("Content-Type", "a/b"));
        Assert.Throws<InvalidOperationException>(() => builder.SetPartition(Json));
        Assert.Throws<InvalidOperationException>(() => builder.AddRoutingHeader("X-Host", "a"u8));
        Assert.Throws<InvalidOperationException>(() => builder.SetNormalizations(QueryNormalizations.Gzip));
        Assert.Throws<InvalidOperationException>(() => builder.Complete(Json));
        builder.Complete();
        Assert.Throws<InvalidOperationException>(() => builder.Complete());
    }

    [Fact]
    public async Task A_scheme_serves_many_threads()
    {
        var scheme = new QueryCacheKeyScheme();
        var random = new RandomRequests(8);
        var requests = Enumerable.Range(0, 200).Select(_ => random.Next() with { Own = [] }).ToArray();
        var expected = requests.Select(request => request.Key(new QueryCacheKeyScheme())).ToArray();

        await Parallel.ForAsync(0, 20_000, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.Equal(expected[i % requests.Length], requests[i % requests.Length].Key(scheme));
            return default;
        });
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(20_000)]
    [InlineData(700_000)]
    public void A_key_costs_no_allocation_in_the_steady_state(int length)
    {
        var scheme = new QueryCacheKeyScheme(new QueryCacheKeyOptions { Normalizations = QueryNormalizations.JsonSpelling });
        var content = Encoding.UTF8.GetBytes("[" + string.Join(", ", Enumerable.Repeat("{ \"name\": \"a\\u00e9b\", \"value\": 12.5, \"tags\": [ true, null ] }", length / 64)) + "]");
        for (var i = 0; i < 50; i++) Make(scheme, content);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) Make(scheme, content);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static QueryCacheKey Make(QueryCacheKeyScheme scheme, byte[] content)
        {
            using var builder = scheme.CreateBuilder();
            builder.Start("QUERY", "https", "api.test", "/search?a=1");
            builder.AddHeader("Content-Type", "application/json; charset=utf-8");
            builder.AddHeader("Accept", "application/json");
            builder.AddRoutingHeader("X-Forwarded-Host", "b.test");
            builder.AddRoutingHeader("Forwarded", "host=b.test");
            builder.SetNormalizations(QueryNormalizations.Gzip);
            return builder.Complete(content);
        }
    }

    [Fact]
    public void Hostile_content_is_bounded_in_memory()
    {
        var piece = Encoding.UTF8.GetBytes(new string('[', 1 << 16));
        var escapes = Encoding.UTF8.GetBytes("\"" + string.Concat(Enumerable.Repeat("\\u00e9", 170_000)) + "\"");
        var members = Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"{i}\":0")) + "}");
        var number = Encoding.UTF8.GetBytes(new string('9', 1 << 20));
        var surrogates = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("\"\\ud800\"", 100_000)) + "]");
        using var builder = new QueryCacheKeyScheme(new QueryCacheKeyOptions { Normalizations = QueryNormalizations.JsonMemberOrder }).CreateBuilder();

        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Start(builder);
            for (var i = 0; i < 100 << 20; i += piece.Length) builder.Append(piece);
            builder.Complete();
            foreach (var content in new[] { escapes, members, number, surrogates })
            {
                Start(builder);
                for (var i = 0; i < content.Length; i += 4096) builder.Append(content.AsSpan(i, Math.Min(4096, content.Length - i)));
                builder.Complete();
            }

            // Pooled tables grow to the limits of the scheme, and no further.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        }
    }

    [Fact]
    public void A_normalizer_of_ones_own_decides_and_its_name_is_in_the_key()
    {
        var content = "select  *  from rfcs"u8.ToArray();
        var spaced = "select * from rfcs"u8.ToArray();

        Assert.NotEqual(Key(null, content), Key(null, spaced));
        Assert.Equal(Key("sql-1", content), Key("sql-1", spaced));
        Assert.NotEqual(Key("sql-1", content), Key("sql-2", content));
        Assert.NotEqual(Key("sql-1", content), Key(null, content));

        // Refused, or too long: the exact octets.
        Assert.Equal(Key(null, "?  ?"u8.ToArray()), Key("sql-1", "?  ?"u8.ToArray()));
        var longest = Encoding.UTF8.GetBytes(new string('a', 100));
        Assert.NotEqual(Key(null, longest), Key("sql-1", longest));
        Assert.Equal(Key(null, [.. longest, (byte)'a']), Key("sql-1", [.. longest, (byte)'a']));

        static QueryCacheKey Key(string? name, byte[] content)
        {
            var options = new QueryCacheKeyOptions();
            if (name is not null) options.Normalizers.Add(new SpacesOnce(name));
            using var builder = new QueryCacheKeyScheme(options).CreateBuilder();
            builder.Start("QUERY", "http", "a.test", "/");
            builder.AddHeader("Content-Type", "application/sql");
            var whole = builder.Complete(content);

            builder.Start("QUERY", "http", "a.test", "/");
            builder.AddHeader("Content-Type", "application/sql");
            foreach (var octet in content) builder.Append([octet]);
            Assert.Equal(whole, builder.Complete());
            return whole;
        }
    }

    [Fact]
    public void Options_that_cannot_work_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new QueryCacheKeyScheme(new QueryCacheKeyOptions { Normalizers = { new SpacesOnce("") } }));
        var many = new QueryCacheKeyOptions();
        for (var i = 0; i < 1_000; i++) many.Normalizers.Add(new SpacesOnce($"{i}"));
        Assert.NotNull(new QueryCacheKeyScheme(many));
        many.Normalizers.Add(new SpacesOnce("one more"));
        Assert.Throws<ArgumentException>(() => new QueryCacheKeyScheme(many));
        Assert.Throws<ArgumentException>(() => new QueryCacheKeyScheme(new QueryCacheKeyOptions { Normalizers = { new SpacesOnce("a"), new SpacesOnce("a") } }));
    }

    private static QueryCacheKeyBuilder Start(QueryCacheKeyBuilder builder)
    {
        builder.Start("QUERY", "https", "api.test", "/search?a=1");
        builder.AddHeader("Content-Type", "application/json");
        return builder;
    }

    private sealed class SpacesOnce(string name) : IQueryContentNormalizer
    {
        public string Name => name;

        public int MaximumContentLength => 100;

        public bool AppliesTo(MediaType mediaType) => mediaType is { Type: "application", Subtype: "sql" };

        public bool TryNormalize(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
        {
            if (content.Contains((byte)'?')) return false;
            for (var i = 0; i < content.Length; i++)
            {
                if (content[i] != ' ' || i == 0 || content[i - 1] != ' ') output.Write(content.Slice(i, 1));
            }
            return true;
        }
    }
}
