using System.Buffers;
using System.Text;
using FsCheck;
using HttpQuery.CacheKeys;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>What is remembered of requests never changes a key (docs/cache-key.md), and takes no more memory than it may.</summary>
public class RequestMemoTests
{
    private static readonly QueryCacheOptions Options = new() { RoutingHeaders = ["X-Forwarded-Host", "X-Original-URL"] };

    [Theory]
    [InlineData(0)]
    [InlineData(3_000)]
    [InlineData(20_000)]
    [InlineData(8 * 1024 * 1024)]
    public void Keys_are_the_same_as_those_made_anew(int maximumSize)
    {
        var memo = new RequestMemo(maximumSize);
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var request = Random(new(seed));
            return memo.GetOrAdd(Options, request) == CacheKeySet.Create(Options, request) && memo.Size <= maximumSize;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));
        Assert.Equal(maximumSize > 0, memo.Size > 0);
    }

    [Fact]
    public void A_request_that_matches_has_the_same_keys_whatever_its_hash()
    {
        var matches = 0;
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var (one, other) = Pair(random);
            var entry = new RememberedRequest(0, one, Options.RoutingHeaders, new(0, one.Content!.Value), CacheKeySet.Create(Options, one));
            if (!entry.Matches(other, Options.RoutingHeaders)) return true;
            matches++;
            return entry.Keys == CacheKeySet.Create(Options, other);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));
        Assert.True(matches > TestScale.Cases / 50, $"{matches} matches: too few to tell anything.");
    }

    [Theory]
    [InlineData("Accept", true)]
    [InlineData("accept", true)]
    [InlineData("User-Agent", true)]
    [InlineData("X-Original-URL", false)]
    [InlineData("x-original-url", false)]
    [InlineData("Content-Language", false)]
    public void A_header_that_makes_a_key_is_not_taken_for_one_that_does_not(string name, bool isSame)
    {
        var (one, other) = (With("Accept"), With(name));
        var entry = new RememberedRequest(0, one, Options.RoutingHeaders, new(0, one.Content!.Value), CacheKeySet.Create(Options, one));
        Assert.Equal(isSame, entry.Matches(other, Options.RoutingHeaders));
        Assert.Equal(isSame, entry.Keys == CacheKeySet.Create(Options, other));

        static CacheRequest With(string name) => new()
        {
            Method = "QUERY",
            Scheme = "http",
            Authority = "a.test",
            Target = "/a",
            Headers = new HeaderCollection(new("Content-Type", "text/plain"), new(name, "x")),
            Content = new("a"u8.ToArray()),
        };
    }

    [Fact]
    public void A_request_seen_before_is_not_read_by_normalizers_again()
    {
        var normalizer = new CountingNormalizer();
        var options = Options with { Keys = new(new() { Normalizers = { normalizer } }) };
        var memo = new RequestMemo(100_000);
        var content = Encoding.ASCII.GetBytes(new string('a', 5_000));
        var keys = memo.GetOrAdd(options, Request("/a", Segments(content, 100)));
        Assert.Equal(keys, memo.GetOrAdd(options, Request("/a", Segments(content, 7))));
        Assert.Equal(keys, memo.GetOrAdd(options, Request("/a", new(content))));
        Assert.Equal(1, normalizer.Count);
    }

    [Fact]
    public void Requests_with_the_same_content_share_its_bytes()
    {
        var memo = new RequestMemo(1024 * 1024);
        var content = new byte[50_000];
        memo.GetOrAdd(Options, Request("/a", new(content)));
        var first = memo.Size;
        memo.GetOrAdd(Options, Request("/a", Segments(content, 4096), user: [1]));
        memo.GetOrAdd(Options, Request("/a", new(content.ToArray()), user: [2]));
        Assert.InRange(memo.Size, first, first + 2_000);
    }

    [Fact]
    public void Memory_is_bounded_and_what_is_in_use_stays()
    {
        const int Maximum = 100_000;
        var normalizer = new CountingNormalizer();
        var options = Options with { Keys = new(new() { Normalizers = { normalizer } }) };
        var memo = new RequestMemo(Maximum);
        var used = Request("/used", new("used"u8.ToArray()));
        memo.GetOrAdd(options, used);
        for (var i = 0; i < 1_000; i++)
        {
            memo.GetOrAdd(options, Request("/a", new(Encoding.ASCII.GetBytes($"{i}{new string('x', i)}"))));
            memo.GetOrAdd(options, used);
            Assert.InRange(memo.Size, 1, Maximum);
        }
        Assert.Equal(1_001, normalizer.Count);
    }

    [Fact]
    public void Content_at_an_eighth_of_the_memory_is_remembered_and_longer_content_is_not()
    {
        var memo = new RequestMemo(80_000);
        memo.GetOrAdd(Options, Request("/a", new(new byte[10_001])));
        Assert.Equal(0, memo.Size);
        memo.GetOrAdd(Options, Request("/a", new(new byte[10_000])));
        Assert.True(memo.Size > 10_000);
    }

    // A header without lines takes the place of the one that is counted twice.
    [Theory]
    [InlineData("X-Forwarded-Host", "x-forwarded-host")]
    [InlineData("Content-Type")]
    public void A_header_that_is_named_twice_does_not_hide_one_that_makes_a_key(params string[] routingHeaders)
    {
        var options = Options with { RoutingHeaders = routingHeaders };
        var (one, other) = (With(default), With("de"));
        var entry = new RememberedRequest(0, one, options.RoutingHeaders, new(0, one.Content!.Value), CacheKeySet.Create(options, one));
        Assert.NotEqual(entry.Keys, CacheKeySet.Create(options, other));
        Assert.False(entry.Matches(other, options.RoutingHeaders));

        static CacheRequest With(StringValues language) => new()
        {
            Method = "QUERY",
            Scheme = "http",
            Authority = "a.test",
            Target = "/a",
            Headers = new CountedLines { ["Content-Type"] = "text/plain", ["X-Forwarded-Host"] = "a", ["Content-Language"] = language },
            Content = new("a"u8.ToArray()),
        };
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a")]
    public void Content_and_lines_that_change_later_are_not_matched(params string[] lines)
    {
        var content = "abc"u8.ToArray();
        var memo = new RequestMemo(100_000);
        var request = Request("/a", new(content), lines: lines);
        memo.GetOrAdd(Options, request);
        lines[^1] = "c";
        Assert.Equal(CacheKeySet.Create(Options, request), memo.GetOrAdd(Options, request));
        content[2] = (byte)'d';
        Assert.Equal(CacheKeySet.Create(Options, request), memo.GetOrAdd(Options, request));
    }

    [Fact]
    public void Many_threads_remember_at_once()
    {
        var memo = new RequestMemo(10_000);
        var requests = Enumerable.Range(0, 32).Select(i => Request($"/{i % 8}", new(new byte[i * 30]))).ToArray();
        var keys = requests.Select(request => CacheKeySet.Create(Options, request)).ToArray();
        Parallel.For(0, 20_000, i => Assert.Equal(keys[i * 7 % 32], memo.GetOrAdd(Options, requests[i * 7 % 32])));
        Assert.InRange(memo.Size, 1, 10_000);
    }

    // Two requests that are alike but for one thing, or nothing.
    private static (CacheRequest One, CacheRequest Other) Pair(Random random)
    {
        var seed = random.Next();
        var parts = Enumerable.Range(0, 12).Select(_ => random.Next(100)).ToArray();
        var others = parts.ToArray();
        others[random.Next(12)] = random.Next(100);
        return (Random(new(seed), parts), Random(new(seed + 1), others));
    }

    private static CacheRequest Random(Random random) => Random(random, [.. Enumerable.Range(0, 12).Select(_ => random.Next(100))]);

    private static CacheRequest Random(Random random, int[] parts)
    {
        string[] values = ["a", "A", "a, b", "b", "application/json", "no-transform"];
        var fields = new List<KeyValuePair<string, StringValues>>();
        string[] names = ["Content-Type", "Content-Encoding", "X-Forwarded-Host", "X-Original-URL", "Cache-Control"];
        for (var i = 0; i < names.Length; i++)
        {
            if (parts[i] % 3 > 0) fields.Add(new(names[i], parts[i] % 3 == 1 ? values[parts[i] % values.Length] : new StringValues([values[parts[i] % values.Length], "b"])));
        }
        foreach (var other in (string[])["Accept", "User-Agent"])
        {
            if (random.Next(2) > 0) fields.Insert(0, new(other, "x"));
        }
        byte[][] contents = [[], [1], [1, 2], [2, 1], "{\"a\":1}"u8.ToArray(), "{ \"a\" : 1 }"u8.ToArray(), new byte[70_000], [.. new byte[69_999], 1]];
        var content = contents[parts[5] % contents.Length];
        return new()
        {
            Method = (parts[6] % 3) switch { 0 => "GET", 1 => "HEAD", _ => "QUERY" },
            Scheme = parts[7] % 2 == 0 ? "http" : "https",
            Authority = parts[8] % 2 == 0 ? "a.test" : "A.test",
            Target = (parts[9] % 3) switch { 0 => "/a", 1 => "/A", _ => "/a?b" },
            Headers = new HeaderCollection(fields),
            Content = random.Next(2) == 0 ? new(content) : Segments(content, content.Length > 100 ? random.Next(1_000, 9_000) : random.Next(1, 4)),
            Partition = new byte[parts[10] % 2],
            User = parts[11] % 3 == 0 ? ReadOnlyMemory<byte>.Empty : new byte[] { (byte)(parts[11] % 3) },
            Normalizations = parts[11] % 2 == 0 ? QueryNormalizations.None : QueryNormalizations.JsonSpelling,
        };
    }

    private static CacheRequest Request(string target, ReadOnlySequence<byte> content, byte[]? user = null, string[]? lines = null) => new()
    {
        Method = "QUERY",
        Scheme = "http",
        Authority = "a.test",
        Target = target,
        Headers = new LiveLines(lines),
        Content = content,
        User = user,
    };

    private static ReadOnlySequence<byte> Segments(byte[] content, int length)
    {
        if (content.Length == 0) return ReadOnlySequence<byte>.Empty;
        var first = new Segment(content.AsMemory(0, Math.Min(length, content.Length)), null);
        var last = first;
        for (var start = length; start < content.Length; start += length) last = new(content.AsMemory(start, Math.Min(length, content.Length - start)), last);
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }

    // As servers have them: the array is not copied.
    private sealed class LiveLines(string[]? lines) : IReadOnlyHeaders
    {
        public StringValues this[string name] => name switch { "X-Forwarded-Host" => lines, "Content-Type" => "text/plain", _ => default(StringValues) };
    }

    // As the dictionaries of servers: a header that was added without lines is counted.
    private sealed class CountedLines : Dictionary<string, StringValues>, ICountedHeaders
    {
        public CountedLines()
            : base(StringComparer.OrdinalIgnoreCase)
        {
        }

        public IEnumerable<string> Names => Keys;

        StringValues IReadOnlyHeaders.this[string name] => this.GetValueOrDefault(name);
    }

    private sealed class CountingNormalizer : IQueryContentNormalizer
    {
        public int Count { get; private set; }

        public string Name => "counting";

        public int MaximumContentLength => 1_000_000;

        public bool AppliesTo(MediaType mediaType) => true;

        public bool TryNormalize(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
        {
            Count++;
            output.Write(content);
            return true;
        }
    }
}
