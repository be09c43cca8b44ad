using System.Text;
using HttpQuery.CacheKeys;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>The law of docs/cache-key.md: two requests share a key only if their reader receives the same, or has declared that it treats them as equal.</summary>
public class QueryCacheKeyLawTests
{
    private static readonly string[] Counted = ["content-type", "content-encoding", "content-language", "content-location"];

    private static readonly (string Name, string Value)[] Lines =
    [
        ("Content-Type", "application/json"), ("Content-Type", "application/json;"), ("content-type", "application/json"), ("Content-Type", ""), ("Content-Encoding", "gzip"), ("Content-Encoding", "GZIP"),
        ("Content-Encoding", "gzip, gzip"), ("Content-Language", "en"), ("Content-Language", " en\t"), ("Content-Language", "en\v"), ("Content-Location", "en"), ("X-Other", "en"), ("Content-Language", "en, de"),
    ];

    private static readonly (string Name, string Value)[] Routes = [("X-Host", "a"), ("x-host", "a"), ("X-Host", "b"), ("Forwarded", "a"), ("Content-Language", "en"), ("X-Host", ""), ("X-Host", " a ")];

    [Fact]
    public void Without_a_claim_requests_share_a_key_exactly_where_the_reader_receives_the_same()
    {
        var random = new Random(10008);
        var requests = new RandomRequests(2008);
        var shared = 0;
        for (var i = 0; i < 5 * TestScale.Cases; i++)
        {
            var request = requests.Next() with { Claims = [], Own = [] };
            var changed = request;
            for (var changes = random.Next(1, 3); changes > 0; changes--) changed = Change(changed, random);

            var same = Received(request) == Received(changed);
            Assert.True(same == (request.Key() == changed.Key()), $"{request.ToJson()} and {changed.ToJson()}");
            Assert.True(same == (request.KeyInPieces([1, 2]) == changed.Key()), $"{request.ToJson()} and {changed.ToJson()}");
            if (same) shared++;
        }

        // Changes that do not count must have been among them.
        Assert.InRange(shared, TestScale.Cases / 20, 4 * TestScale.Cases);
    }

    [Fact]
    public void Each_octet_of_each_part_counts()
    {
        var request = new KeyRequest("QUERY", "https", "a.test:80", "/a/%2e?b=%41", [("Content-Type", "application/json;charset=utf-8"), ("Content-Language", "en"), ("Content-Location", "/x"), ("Content-Encoding", "gzip")], "{ }"u8.ToArray())
        {
            Routing = [("X-Host", "b.test")],
            Partition = [1, 2],
        };
        var keys = new Dictionary<QueryCacheKey, string> { [request.Key()!.Value] = "" };
        AddAll(request.Scheme, text => request with { Scheme = text });
        AddAll(request.Authority, text => request with { Authority = text });
        AddAll(request.Target, text => request with { Target = text });
        for (var i = 0; i < request.Fields.Length; i++)
        {
            var (place, name) = (i, request.Fields[i].Name);
            AddAll(request.Fields[i].Value, text => request with { Fields = [.. request.Fields[..place], (name, text), .. request.Fields[(place + 1)..]] });
        }
        AddAll("b.test", text => request with { Routing = [("X-Host", text)] });
        AddAll("x-host", text => request with { Routing = [(text, "b.test")] });
        AddAll("\u0001\u0002", text => request with { Partition = Encoding.Latin1.GetBytes(text) });
        AddAll("{ }", text => request with { Content = Encoding.Latin1.GetBytes(text) });
        Assert.InRange(keys.Count, 20_000, 100_000);

        void AddAll(string text, Func<string, KeyRequest> change)
        {
            // Spaces and tabs at the ends of a line, and the case of names, are what the reader does not receive.
            for (var place = 0; place < text.Length; place++)
            {
                for (var octet = '\0'; octet <= 0xFF; octet++)
                {
                    if (octet == text[place]) continue;
                    var changed = change($"{text[..place]}{octet}{text[(place + 1)..]}");
                    if (Received(changed) == Received(request)) continue;
                    var key = changed.Key()!.Value;
                    Assert.True(keys.TryAdd(key, changed.ToJson()) || Received(changed) == Received(KeyRequest.Read(System.Text.Json.JsonDocument.Parse(keys[key]).RootElement)), changed.ToJson());
                }
            }
        }
    }

    [Fact]
    public void A_claim_of_one_kind_changes_no_key_of_another()
    {
        var random = new RandomRequests(6839);
        var changed = new int[3];
        for (var i = 0; i < 3 * TestScale.Cases; i++)
        {
            var request = random.Next() with { Own = [], Claims = [] };
            var key = request.Key();
            var types = request.Fields.Where(field => field.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).ToArray();
            var codings = request.Fields.Where(field => field.Name is "Content-Encoding").Select(field => field.Value.ToUpperInvariant()).ToArray();
            var isJson = types.Length == 1 && types[0].Value.Contains("json", StringComparison.OrdinalIgnoreCase);

            // Where a coding is left, JSON is not looked at.
            Check(0, isJson && codings.Length == 0, "json-spelling");
            Check(1, isJson && codings.Length == 0, "json-member-order");
            Check(2, codings is ["GZIP"], "gzip");

            void Check(int place, bool mayChange, string claim)
            {
                var isChanged = (request with { Claims = [claim] }).Key() != key;
                Assert.True(mayChange || !isChanged, $"{claim}: {request.ToJson()}");
                if (isChanged) changed[place]++;
            }
        }
        Assert.All(changed, count => Assert.InRange(count, 10, TestScale.Cases * 2));
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("APPLICATION/problem+JSON", true)]
    [InlineData("x/a+json; charset=UTF-8", true)]
    [InlineData("x/a+json; charset=\"utf-8\"; a=1; a=2", true)]
    [InlineData("application/json;;", true)]
    [InlineData("x/a+json; charset=utf-16", false)]
    [InlineData("x/a+json; charset=utf8", false)]
    [InlineData("x/a+json; charset=\"\"", false)]
    [InlineData("x/a+json; charset=\"utf\\-8\"", false)]
    [InlineData("x/a+json; charset=utf-8; CHARSET=utf-8", false)]
    [InlineData("application/json, application/json", false)]
    [InlineData("application/json x", false)]
    [InlineData("application/json\v", false)]
    [InlineData("application/json\u00a0", false)]
    [InlineData("application/json; charset", false)]
    [InlineData("application/json; charset=utf-8 ", true)]
    [InlineData("text/json", false)]
    public void Spelling_is_claimed_for_json_in_utf_8_alone(string type, bool isNormalized)
    {
        using var builder = new QueryCacheKeyScheme(new() { Normalizations = QueryNormalizations.JsonSpelling }).CreateBuilder();
        Assert.Equal(isNormalized, Complete(type) == Complete(type, " "));
        Assert.Equal(isNormalized, builder.IsNormalized);

        QueryCacheKey Complete(string type, string space = "")
        {
            builder.Start("QUERY", "https", "a.test", "/");
            builder.AddHeader("Content-Type", Encoding.Latin1.GetBytes(type));
            return builder.Complete(Encoding.UTF8.GetBytes($"[{space}1]"));
        }
    }

    [Fact]
    public void A_key_is_normalized_only_where_a_claim_changed_it()
    {
        var zipped = RandomRequests.Encode("[ 1]"u8.ToArray(), "gzip");
        Assert.False(IsNormalized(QueryNormalizations.None, "[ 1]"u8));
        Assert.True(IsNormalized(QueryNormalizations.JsonSpelling, "[ 1]"u8));
        Assert.True(IsNormalized(QueryNormalizations.JsonSpelling, "[1]"u8));
        Assert.False(IsNormalized(QueryNormalizations.JsonSpelling, "[1,]"u8));
        Assert.False(IsNormalized(QueryNormalizations.JsonSpelling | QueryNormalizations.Gzip, "[1,]"u8));
        Assert.True(IsNormalized(QueryNormalizations.Gzip, zipped, "gzip"));
        Assert.False(IsNormalized(QueryNormalizations.Gzip, zipped.AsSpan(1), "gzip"));
        Assert.False(IsNormalized(QueryNormalizations.Deflate | QueryNormalizations.JsonMemberOrder, zipped, "gzip"));
        Assert.False(IsNormalized(QueryNormalizations.JsonSpelling, "[ 1]"u8, control: "no-transform"));

        static bool IsNormalized(QueryNormalizations claims, ReadOnlySpan<byte> content, string? coding = null, string? control = null)
        {
            using var builder = new QueryCacheKeyScheme().CreateBuilder();
            builder.Start("QUERY", "https", "a.test", "/");
            builder.AddHeader("Content-Type", "application/json");
            if (coding is not null) builder.AddHeader("Content-Encoding", coding);
            if (control is not null) builder.AddHeader("Cache-Control", control);
            builder.SetNormalizations(claims);
            builder.Complete(content);
            return builder.IsNormalized;
        }
    }

    [Fact]
    public void Claims_of_a_request_add_to_those_of_the_scheme_and_end_with_it()
    {
        using var builder = new QueryCacheKeyScheme(new() { Normalizations = QueryNormalizations.Gzip }).CreateBuilder();
        var json = "[ 1]"u8.ToArray();
        var zipped = RandomRequests.Encode(json, "gzip");
        var exact = Complete(json);
        Assert.Equal(exact, Complete(zipped, coding: "gzip"));
        Assert.NotEqual(exact, Complete(json, QueryNormalizations.JsonSpelling));
        Assert.Equal(Complete(json, QueryNormalizations.JsonSpelling), Complete(zipped, QueryNormalizations.JsonSpelling, "gzip"));
        Assert.Equal(exact, Complete(json));

        builder.Start("QUERY", "https", "a.test", "/");
        builder.AddHeader("Content-Type", "application/json");
        builder.SetNormalizations(QueryNormalizations.JsonSpelling);
        builder.SetNormalizations(QueryNormalizations.None);
        Assert.Equal(exact, builder.Complete(json));

        QueryCacheKey Complete(byte[] content, QueryNormalizations? claims = null, string? coding = null)
        {
            builder.Start("QUERY", "https", "a.test", "/");
            builder.AddHeader("Content-Type", "application/json");
            if (coding is not null) builder.AddHeader("Content-Encoding", coding);
            if (claims is { } claim) builder.SetNormalizations(claim);
            return builder.Complete(content);
        }
    }

    // All that the key may hold, said in another way: the lines that count without outer spaces and tabs, by name.
    private static string Received(KeyRequest request)
    {
        var fields = request.Fields.Select(Trimmed).Where(field => Counted.Contains(field.Name)).OrderBy(field => field.Name, StringComparer.Ordinal);
        var routing = request.Routing.Select(Trimmed).OrderBy(field => field.Name, StringComparer.Ordinal);
        return (request with { Method = request.Method.ToUpperInvariant(), Fields = [.. fields], Routing = [.. routing], Content = request.Content ?? [] }).ToJson();

        static (string Name, string Value) Trimmed((string Name, string Value) field) =>
            (string.Concat(field.Name.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c)), field.Value.Trim(' ', '\t'));
    }

    private static KeyRequest Change(KeyRequest request, Random random)
    {
        return random.Next(12) switch
        {
            0 => request with { Method = random.Next(2) == 0 ? request.Method.ToUpperInvariant() : Changed(request.Method) },
            1 => request with { Scheme = Changed(request.Scheme) },
            2 => request with { Authority = Changed(request.Authority) },
            3 => request with { Target = Changed(request.Target) },
            4 => request with { Content = Encoding.Latin1.GetBytes(Changed(Encoding.Latin1.GetString(request.Content ?? []))) },
            5 => request with { Partition = random.Next(3) == 0 ? null : Encoding.Latin1.GetBytes(Changed(Encoding.Latin1.GetString(request.Partition ?? []))) },
            6 => request with { Routing = Line(request.Routing, Routes) },
            7 => request with { Routing = [.. request.Routing.Reverse()] },
            8 => request with { Fields = [.. request.Fields.Reverse()] },
            9 => request with { Fields = [.. request.Fields, ("X-Other", "2")] },
            _ => request with { Fields = Line(request.Fields, Lines) },
        };

        string Changed(string text)
        {
            var place = random.Next(text.Length + 1);
            var octet = random.Next(3) == 0 ? (char)random.Next(256) : "aA/. \t%2\0"[random.Next(9)];
            return random.Next(3) switch
            {
                0 => text.Insert(place, octet.ToString()),
                1 when text.Length > 0 => text.Remove(Math.Min(place, text.Length - 1), 1),
                _ => string.Concat(text.AsSpan(0, place), octet.ToString(), text.AsSpan(Math.Min(place + 1, text.Length))),
            };
        }

        (string Name, string Value)[] Line((string Name, string Value)[] lines, (string Name, string Value)[] choices)
        {
            var place = random.Next(lines.Length + 1);
            var line = choices[random.Next(choices.Length)];
            var rest = lines[Math.Min(place + 1, lines.Length)..];
            return random.Next(6) switch
            {
                0 => [.. lines[..place], line, .. lines[place..]],
                1 => [.. lines[..place], .. rest],
                2 => [.. lines[..place], line, .. rest],
                3 when place < lines.Length => [.. lines[..place], (lines[place].Name, Changed(lines[place].Value)), .. rest],
                4 when place < lines.Length => [.. lines[..place], (lines[place].Name.ToUpperInvariant(), $" {lines[place].Value}\t"), .. rest],
                _ when place < lines.Length => [.. lines[..place], lines[place], lines[place], .. rest],
                _ => lines,
            };
        }
    }
}
