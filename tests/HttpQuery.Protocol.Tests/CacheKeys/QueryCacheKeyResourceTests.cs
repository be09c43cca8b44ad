using System.Globalization;
using System.Text;
using HttpQuery.CacheKeys;
using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>The key of a resource (docs/cache-key.md §9): one for all spellings of a URI, so that an unsafe request reaches what is stored under each.</summary>
public class QueryCacheKeyResourceTests
{
    // What a path can be made of so that two of them often lead to one resource.
    private static readonly string[] Pieces =
    [
        "/", "/", "/", "a", "A", "%61", "%41", ".", ".", "..", "%2e", "%2E%2e", "%2F", "%2f", "%252F", "%252f", "%25", "%", "2", "F", "\\", "%5C",
        "%C3%89", "%c3%a9", "%C3", "%89", "%a9", "%FF", "%ff", "%25FF", "%E2%84%AA", "k", "%F0%90%90%80", "%F0%90%90%A8", "%252e%252e", "//",
    ];

    [Fact]
    public void Paths_that_ASP_NET_Core_takes_for_one_have_one_key()
    {
        var random = new Random(9111);
        var found = new Dictionary<string, (string Target, QueryCacheKey Key)>(StringComparer.OrdinalIgnoreCase);
        var (met, keys) = (0, new HashSet<QueryCacheKey>());
        for (var i = 0; i < 40 * TestScale.Cases; i++)
        {
            var target = "/" + string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var key = Of(target);
            keys.Add(key);
            var seen = Seen(target).TrimEnd('/');
            if (found.TryAdd(seen, (target, key))) continue;
            Assert.True(found[seen].Key == key, $"{target} and {found[seen].Target} are {seen}");
            met++;
        }
        Assert.InRange(met, TestScale.Cases, 40 * TestScale.Cases);
        Assert.InRange(keys.Count, TestScale.Cases, 40 * TestScale.Cases);
    }

    [Fact]
    public void Every_spelling_of_a_URI_has_its_key()
    {
        var random = new Random(2616);
        string[] segments = ["rfcs", "5", "a-b", "café", "ΣΟΦΟΣ", "x y", "%", "a+b", "~"];
        for (var i = 0; i < 3 * TestScale.Cases; i++)
        {
            var path = Enumerable.Range(0, random.Next(4)).Select(_ => segments[random.Next(segments.Length)]).ToArray();
            var query = random.Next(2) == 0 ? "" : "?" + Escaped("name=a b&c=" + segments[random.Next(segments.Length)], all: false);
            var plain = "/" + string.Join('/', path.Select(segment => Uri.EscapeDataString(segment))) + query;
            var expected = QueryCacheKey.FromResource("http", "api.test", plain);

            var spelled = new StringBuilder();
            foreach (var segment in path)
            {
                spelled.Append(random.Next(6) switch { 0 => "//", 1 => "/./", 2 => "/x%2Fy/../", 3 => "/%2E/", 4 => "/a\\b/%2e./", _ => "/" });
                spelled.Append(Escaped(OtherCase(segment), all: random.Next(3) == 0));
            }
            if (random.Next(2) == 0) spelled.Append(random.Next(3) switch { 0 => "/", 1 => "/.", _ => "/z/.." });
            if (spelled.Length == 0) spelled.Append('/');
            if (query.Length > 0) spelled.Append('?').Append(Respelled(query[1..]));
            if (random.Next(8) == 0) spelled.Append('#').Append("anything");
            var authority = (random.Next(4) == 0 ? "user:x@" : "") + OtherCase("api.test") + (random.Next(4) == 0 ? "." : "") + new[] { "", "", ":", ":80", ":0080" }[random.Next(5)];

            Assert.True(expected == QueryCacheKey.FromResource(OtherCase("http"), authority, spelled.ToString()), $"{authority}{spelled} is {plain}");
        }

        string OtherCase(string text) => string.Concat(text.Select(c => random.Next(2) == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));

        string Escaped(string text, bool all) => string.Concat(Encoding.UTF8.GetBytes(text).Select(octet =>
            !all && (char.IsAsciiLetterOrDigit((char)octet) || "-~=&+".Contains((char)octet, StringComparison.Ordinal)) ? ((char)octet).ToString()
            : octet == '+' ? "+"
            : "%" + octet.ToString(random.Next(2) == 0 ? "X2" : "x2", CultureInfo.InvariantCulture)));

        string Respelled(string query) => query.Replace("%20", random.Next(2) == 0 ? "+" : "%20", StringComparison.Ordinal).Replace("a", random.Next(2) == 0 ? "%61" : "A", StringComparison.Ordinal);
    }

    [Fact]
    public void Letters_that_routing_takes_for_equal_are_folded_to_one()
    {
        var folded = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var met = 0;
        for (var c = 0; c <= char.MaxValue; c++)
        {
            if (char.IsSurrogate((char)c) || (char)c is '/' or '\\' or '?' or '#' or '%' or '.') continue;
            using var path = new PooledByteBuffer();
            ResourceUriWriter.WritePathAndQuery(path, "/" + (char)c);
            var text = Convert.ToHexString(path.Span);
            if (folded.TryAdd(((char)c).ToString(), text)) continue;
            Assert.True(folded[((char)c).ToString()] == text, $"U+{c:X4}");
            met++;
        }
        Assert.InRange(met, 1_000, 2_000);
    }

    [Theory]
    [InlineData("/rfcs/5", "/RFCS/5")]
    [InlineData("/rfcs/5", "/rfcs/5/")]
    [InlineData("/a%2Fb", "/a%252fb")]
    [InlineData("/c", "/a%2Fb/../c")]
    [InlineData("/c", "/%252e%252e/../c")]
    [InlineData("/", "")]
    [InlineData("/\ud801\udc00", "/%F0%90%90%A8")]
    public void One_key(string left, string right) => Assert.Equal(Of(left), Of(right));

    [Theory]
    [InlineData("/a", "/b")]
    [InlineData("/a", "/a/b")]
    [InlineData("/a", "/a?b")]
    [InlineData("/ab", "/a%2Fb")]
    [InlineData("/a?b=1&c=2", "/a?c=2&b=1")]
    public void Two_keys(string left, string right) => Assert.NotEqual(Of(left), Of(right));

    [Fact]
    public void It_is_no_key_of_a_request()
    {
        using var builder = new QueryCacheKeyScheme().CreateBuilder();
        builder.Start("GET", "http", "a.test", "/");
        var primary = builder.Complete();
        Assert.NotEqual(primary, Of("/"));
        Assert.NotEqual(primary.Vary(), Of("/"));
    }

    [Fact]
    public void A_long_target_takes_time_in_proportion()
    {
        // Each escape completes the one before it. By the square of the length this would not come to an end.
        var nested = "/%25" + string.Concat(Enumerable.Repeat("25", 1_000_000));
        Assert.Equal(Of("/%"), Of(nested));
        Assert.Equal(Of("/"), Of(string.Concat(Enumerable.Repeat("/a/..", 500_000))));
        Assert.Equal(Of("/"), Of("/" + string.Concat(Enumerable.Repeat("a\\..\\", 500_000))));
    }

    private static QueryCacheKey Of(string target) => QueryCacheKey.FromResource("http", "a.test", target);

    // The path that Kestrel makes of a target: escapes resolved once, but for %2F and for what is no UTF-8, and then no dot segments.
    private static string Seen(string target)
    {
        var octets = new List<byte>();
        for (var i = 0; i < target.Length; i++)
        {
            if (Escape(i) is { } octet && octet != '/')
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                octets.Add((byte)target[i]);
            }
        }

        var text = new StringBuilder();
        var rest = octets.ToArray().AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out _) is System.Buffers.OperationStatus.Done) text.Append(rune);
            else text.Append(CultureInfo.InvariantCulture, $"%{rest[0]:X2}");
            rest = rest[(Rune.DecodeFromUtf8(rest, out rune, out _) is System.Buffers.OperationStatus.Done ? rune.Utf8SequenceLength : 1)..];
        }

        var output = new List<string>();
        var segments = text.ToString().Split('/')[1..];
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] is "..") output = output[..Math.Max(0, output.Count - 1)];
            else if (segments[i] is not ".") output.Add(segments[i]);
            if (i == segments.Length - 1 && segments[i] is "." or "..") output.Add("");
        }
        return "/" + string.Join('/', output);

        byte? Escape(int at) => target[at] == '%' && at + 2 < target.Length && byte.TryParse(target.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet) ? octet : null;
    }
}
