using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>Random caching fields: well formed, nearly so, and neither.</summary>
internal static class CacheGenerators
{
    private static readonly string[] Names =
    [
        "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error", "must-revalidate", "must-understand", "no-cache", "no-store",
        "no-transform", "private", "proxy-revalidate", "public", "immutable", "max-stale", "min-fresh", "only-if-cached", "foo",
    ];

    private static readonly string[] Arguments =
    [
        "", "", "", "=0", "=1", "=60", "=\"60\"", "=3600", "=99999999999", "=99999999999999999999999", "=-1", "=1.5", "=a", "=", " =60",
        "= 60", "=\"a, b\"", "=\"Set-Cookie\"", "=Set-Cookie", "=\"Vary\"", "=\"a", "=\"\"", "=?0", "=(1 2)", "=\"\\6\"", ";q=1",
    ];

    private static readonly double[] Offsets = [-1e9, -86400, -3600, -60, -1, 0, 1, 60, 3600, 86400, 1e9];

    private static readonly string[] NoDates = ["0", "-1", "", "yesterday", "Thu, 18 Aug 2050 02.01.18 GMT"];

    public static Gen<bool> Bool => Gen.Elements(true, false);

    public static Gen<TimeSpan> Delay => Gen.Elements(0, 0.5, 1, 30, 60, 3600, 1e9, 1e10).Select(TimeSpan.FromSeconds);

    public static Gen<CacheMode> Mode => Gen.Elements(CacheMode.Private, CacheMode.Shared);

    public static Gen<CacheRuleOptions> Options =>
        from mode in Mode
        from heuristic in Bool
        from share in Bool
        from stale in Gen.Elements(0, 60, 1e9)
        select new CacheRuleOptions
        {
            Mode = mode,
            AllowHeuristicFreshness = heuristic,
            ShareSetCookie = share,
            MaximumStaleWhenDisconnected = TimeSpan.FromSeconds(stale),
        };

    public static Gen<string> CacheControl => Gen.Frequency(
        (6, TextGenerators.Several(Directive, 5).Select(directives => string.Join(", ", directives))),
        (1, TextGenerators.NearlyField),
        (1, TextGenerators.Mutation(TextGenerators.Several(Directive, 3).Select(directives => string.Join(',', directives)))));

    /// <summary>Cache-Control of directives whose arguments are right.</summary>
    public static Gen<string> WellFormedCacheControl => TextGenerators.Several(
        from name in Gen.Elements(Names)
        from seconds in Gen.Elements("0", "1", "60", "3600", "99999999999")
        select name is "max-age" or "s-maxage" or "min-fresh" or "max-stale" or ['s', 't', 'a', 'l', 'e', ..] ? $"{name}={seconds}" : name,
        5).Select(directives => string.Join(", ", directives));

    public static Gen<HeaderCollection> ResponseHeaders => TextGenerators.Several(ResponseLine, 8).Select(lines => new HeaderCollection(lines));

    public static Gen<RequestDirectives> Request => CacheControl.Select(text => RequestDirectives.Parse(text));

    public static Gen<StoredResponse> Stored(Gen<CacheRuleOptions> options) =>
        from one in options
        from status in Gen.Elements(200, 203, 301, 404, 500, 599)
        from fields in ResponseHeaders
        from delay in Delay
        select new StoredResponse(one, status, fields, Message.Received - delay, Message.Received);

    private static Gen<string> Directive =>
        from name in Gen.Elements(Names)
        from argument in Gen.Elements(Arguments)
        from upper in Bool
        select (upper ? name.ToUpperInvariant() : name) + argument;

    private static Gen<string> DateText => Gen.Frequency(
        (4, Gen.Elements(Offsets).Select(Message.Date)),
        (1, Gen.Elements(NoDates)));

    private static Gen<KeyValuePair<string, StringValues>> ResponseLine => Gen.OneOf(
        Field("Cache-Control", CacheControl),
        Field("Cache-Control", WellFormedCacheControl),
        Field("CDN-Cache-Control", CacheControl),
        Field("Date", DateText),
        Field("Expires", DateText),
        Field("Last-Modified", DateText),
        Field("Age", Gen.Elements("0", "30", "7200", "7200,0", "0, 7200", "-1", "abc", "", "99999999999999999999", "1.0")),
        Field("ETag", Gen.Elements("\"a\"", "W/\"a\"", "\"b\"", "a", "")),
        Field("Vary", Gen.Elements("*", "Accept", "accept, Foo", "a b", "")),
        Field("Set-Cookie", Gen.Elements("a=b", "c=d")),
        Field("Connection", Gen.Elements("close", "a, Foo", "ETag", "Cache-Control, Vary")),
        Field("Foo", Gen.Elements("1", "2")),
        Field("Content-Type", Gen.Elements("text/plain", "text/csv")),
        Field("Content-Length", Gen.Elements("1", "2")),
        Field("Content-Encoding", Gen.Elements("gzip", "br")),
        Field("Content-Range", Gen.Elements("bytes 0-1/2", "x")));

    private static Gen<KeyValuePair<string, StringValues>> Field(string name, Gen<string> values) =>
        values.Select(value => KeyValuePair.Create(name, new StringValues(value)));
}
