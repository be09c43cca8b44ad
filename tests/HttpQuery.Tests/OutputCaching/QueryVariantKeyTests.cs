using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HttpQuery.OutputCaching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests.OutputCaching;

/// <summary>Two requests that differ in anything that counts never share a response, alone or together (RFC 10008 §2.7).</summary>
public class QueryVariantKeyTests
{
    private static readonly Gen<string> Texts = Gen.Elements("", "a", "A", "b", "ab", "a=b", "&", "%1F", "%61", "é").ArrayOf().Select(parts => string.Concat(parts.Take(3)));

    private static readonly Gen<Asked> Requests =
        from path in Gen.Elements("/a", "/A", "/a/", "/a%2Fb", "/a/b", "/a%252Fb", "/ab")
        from query in Gen.Elements("", "?", "?a=1", "?A=1", "?a=1&b=2", "?b=2&a=1", "?a=1&a=2", "?a=2&a=1", "?a=%31")
        from type in Gen.Elements("text/plain", "text/html", "text/plain; a=A", "text/plain; a=a", "application/json; charset=utf-16")
        from coding in Gen.Elements(null, "x", "X", "x, y")
        from language in Gen.Elements(null, "", "de", "de, en")
        from cookie in Gen.Elements(null, "", "a=1", "a=2")
        from origin in Gen.Elements(null, "https://a.test", "https://b.test")
        from named in Gen.Elements(null, "", "a", "b", "ab", "a|b", "b|a", "|ab")
        from content in Texts
        select new Asked(path, query, type, coding, language, cookie, origin, named, content);

    private static readonly ServiceProvider Services = new ServiceCollection().BuildServiceProvider();
    private static readonly QueryContentPolicy Policy = new(Options.Create(new HttpQueryOptions()), Options.Create(new HttpQueryCacheOptions()), Options.Create(new OutputCacheOptions()), NullLoggerFactory.Instance);

    [Fact]
    public void Requests_that_differ_have_different_keys_and_equal_ones_the_same() => Prop.ForAll(
        Requests.Two().ToArbitrary(),
        pair =>
        {
            var (one, other) = (KeyOf(pair.Item1), KeyOf(pair.Item2));
            Assert.Equal(pair.Item1 == pair.Item2, one == other);
            Assert.Equal(one, KeyOf(pair.Item1));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));

    [Fact]
    public void Requests_that_differ_in_one_part_have_different_keys() => Prop.ForAll(
        Requests.Two().ToArbitrary(),
        pair =>
        {
            var (one, other) = pair;
            foreach (var near in new[]
            {
                one with { Path = other.Path }, one with { Query = other.Query }, one with { Type = other.Type }, one with { Coding = other.Coding }, one with { Language = other.Language },
                one with { Cookie = other.Cookie }, one with { Origin = other.Origin }, one with { Named = other.Named }, one with { Content = other.Content },
            })
                Assert.Equal(one == near, KeyOf(one) == KeyOf(near));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_at_once_each_get_their_own_answer(bool locking)
    {
        await using var server = await CachedServer.StartAsync(p => p.VaryByQueryContent().SetLocking(locking));
        var asked = Enumerable.Range(0, 400).Select(i => (Target: i % 3 is 0 ? "/a" : i % 3 is 1 ? "/a?q=%1E" : "/a?q=%1F", Content: (i % 20).ToString(CultureInfo.InvariantCulture))).ToArray();
        await Parallel.ForEachAsync(asked, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (one, _) =>
        {
            var response = await server.QueryAsync(one.Target, one.Content);
            Assert.Equal(200, response.Status);
            Assert.EndsWith($": {one.Content}", response.ContentText, StringComparison.Ordinal);
            if (one.Target is not "/a") Assert.Null(response["Age"]);
        });
    }

    private static string KeyOf(Asked asked)
    {
        var http = new DefaultHttpContext { RequestServices = Services };
        var request = http.Request;
        (request.Method, request.Scheme, request.Host, request.ContentType) = ("QUERY", "https", new("a.test"), asked.Type);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = asked.Path + asked.Query;
        request.Headers.ContentEncoding = asked.Coding;
        request.Headers.ContentLanguage = asked.Language;
        request.Headers.Cookie = asked.Cookie;
        request.Headers.Origin = asked.Origin;
        request.Headers["X-Named"] = asked.Named?.Split('|');
        var octets = Encoding.UTF8.GetBytes(asked.Content);
        (request.Body, request.ContentLength) = (new MemoryStream(octets), octets.Length);

        var context = new OutputCacheContext { HttpContext = http };
        context.CacheVaryByRules.HeaderNames = "X-Named";
        var reading = Policy.CacheRequestAsync(context, default);
        Assert.True(reading.IsCompletedSuccessfully && context.AllowCacheStorage, "The content lies in memory.");
        return string.Join('\n', context.CacheVaryByRules.VaryByValues.Select(value => $"{value.Key}={value.Value}"));
    }

    private sealed record Asked(string Path, string Query, string Type, string? Coding, string? Language, string? Cookie, string? Origin, string? Named, string Content);
}
