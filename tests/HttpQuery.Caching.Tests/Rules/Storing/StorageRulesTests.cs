using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §3, §3.1, §3.5, §5.2.2: which responses are stored, and which of their fields.</summary>
public class StorageRulesTests
{
    private const string Fresh = "Cache-Control: max-age=60";

    [Theory]
    [InlineData("GET", StorageDecision.Store)]
    [InlineData("QUERY", StorageDecision.Store)]
    [InlineData("query", StorageDecision.Method)]
    [InlineData("HEAD", StorageDecision.Method)]
    [InlineData("POST", StorageDecision.Method)]
    [InlineData("SEARCH", StorageDecision.Method)]
    [InlineData("", StorageDecision.Method)]
    public void Only_get_and_query_are_stored(string method, Enum expected) =>
        Assert.Equal(expected, Decide(Message.Private, Fresh, method: method));

    [Theory]
    [InlineData(200, StorageDecision.Store)]
    [InlineData(299, StorageDecision.Store)]
    [InlineData(302, StorageDecision.Store)]
    [InlineData(400, StorageDecision.Store)]
    [InlineData(499, StorageDecision.Store)]
    [InlineData(503, StorageDecision.Store)]
    [InlineData(599, StorageDecision.Store)]
    [InlineData(0, StorageDecision.Status)]
    [InlineData(103, StorageDecision.Status)]
    [InlineData(199, StorageDecision.Status)]
    [InlineData(206, StorageDecision.Status)]
    [InlineData(304, StorageDecision.Status)]
    [InlineData(412, StorageDecision.Status)]
    [InlineData(416, StorageDecision.Status)]
    [InlineData(417, StorageDecision.Status)]
    [InlineData(600, StorageDecision.Status)]
    public void A_final_status_with_a_lifetime_is_stored(int status, Enum expected) =>
        Assert.Equal(expected, Decide(Message.Shared, Fresh, status: status));

    [Theory]
    [InlineData("Cache-Control: no-store, max-age=60", StorageDecision.ResponseNoStore)]
    [InlineData("Cache-Control: No-StOrE|Expires: {+60}", StorageDecision.ResponseNoStore)]
    [InlineData("Cache-Control: max-age=60|Cache-Control: no-store", StorageDecision.ResponseNoStore)]
    [InlineData("Cache-Control: no-store, must-understand, max-age=60", StorageDecision.Store)]
    [InlineData("Cache-Control: no-store, must-understand=1, max-age=60", StorageDecision.ResponseNoStore)]
    public void No_store_forbids_unless_must_understand_takes_its_place(string fields, Enum expected) =>
        Assert.Equal(expected, Decide(Message.Private, fields));

    [Theory]
    [InlineData(200, StorageDecision.Store)]
    [InlineData(404, StorageDecision.Store)]
    [InlineData(299, StorageDecision.NotUnderstood)]
    [InlineData(499, StorageDecision.NotUnderstood)]
    [InlineData(599, StorageDecision.NotUnderstood)]
    public void Must_understand_asks_for_a_status_that_is_known(int status, Enum expected) =>
        Assert.Equal(expected, Decide(Message.Shared, "Cache-Control: must-understand, max-age=60", status: status));

    [Fact]
    public void No_store_of_the_request_forbids() =>
        Assert.Equal(StorageDecision.RequestNoStore, Decide(Message.Private, Fresh, request: "Cache-Control: no-store"));

    [Theory]
    [InlineData("Cache-Control: private, max-age=60", StorageDecision.Private)]
    [InlineData("Cache-Control: private=\"\", max-age=60", StorageDecision.Private)]
    [InlineData("Cache-Control: private, public, max-age=60", StorageDecision.Private)]
    [InlineData("Cache-Control: private=\"Foo\", max-age=60", StorageDecision.Store)]
    [InlineData("Cache-Control: private=\"Foo\", private, max-age=60", StorageDecision.Private)]
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: private", StorageDecision.Store)]
    [InlineData("CDN-Cache-Control: private, max-age=60|Cache-Control: max-age=60", StorageDecision.Private)]
    public void Private_forbids_in_a_shared_cache(string fields, Enum expected)
    {
        Assert.Equal(expected, Decide(Message.Shared, fields));
        if (!fields.StartsWith("CDN", StringComparison.Ordinal)) Assert.Equal(StorageDecision.Store, Decide(Message.Private, fields));
    }

    [Theory]
    [InlineData("max-age=60", StorageDecision.Authorization)]
    [InlineData("max-age=60, proxy-revalidate", StorageDecision.Authorization)]
    [InlineData("max-age=60, private=\"a\"", StorageDecision.Authorization)]
    [InlineData("max-age=60, public=x", StorageDecision.Authorization)]
    [InlineData("max-age=60, public", StorageDecision.Store)]
    [InlineData("max-age=60, must-revalidate", StorageDecision.Authorization)]
    [InlineData("s-maxage=60", StorageDecision.Store)]
    public void Authorization_forbids_in_a_shared_cache_unless_the_response_allows_it(string cacheControl, Enum expected)
    {
        const string authorization = "Authorization: Bearer x";
        Assert.Equal(expected, Decide(Message.Shared, $"Cache-Control: {cacheControl}", request: authorization));
        Assert.Equal(StorageDecision.Store, Decide(Message.Private, $"Cache-Control: {cacheControl}, max-age=60", request: authorization));
    }

    [Fact]
    public void Must_revalidate_alone_shares_where_the_options_say_so()
    {
        var options = Message.Shared with { ShareOnMustRevalidate = true };
        Assert.Equal(StorageDecision.Store, Decide(options, "Cache-Control: max-age=60, must-revalidate", request: "Authorization: Bearer x"));
        Assert.Equal(StorageDecision.Authorization, Decide(options, "Cache-Control: max-age=60", request: "Authorization: Bearer x"));
    }

    [Fact]
    public void A_credential_header_of_ones_own_counts_as_authorization_does()
    {
        var options = Message.Shared with { CredentialHeaders = ["Authorization", "X-Api-Key"] };
        Assert.Equal(StorageDecision.Authorization, Decide(options, "Cache-Control: max-age=60", request: "x-api-key: 1"));
        Assert.Equal(StorageDecision.Authorization, Decide(options, "Cache-Control: max-age=60", request: "Authorization: 1"));
        Assert.Equal(StorageDecision.Store, Decide(options, "Cache-Control: max-age=60, public", request: "X-Api-Key: 1"));
        Assert.Equal(StorageDecision.Store, Decide(Message.Shared, "Cache-Control: max-age=60", request: "X-Api-Key: 1"));
    }

    [Fact]
    public void A_query_without_content_type_was_to_fail_and_is_not_stored()
    {
        Assert.Equal(StorageDecision.ContentType, Decide(Message.Shared, "Cache-Control: max-age=60", hasContentType: false));
        Assert.Equal(StorageDecision.ContentType, Decide(Message.Private, "Cache-Control: max-age=60", hasContentType: false));
        Assert.Equal(StorageDecision.Store, Decide(Message.Shared, "Cache-Control: max-age=60", method: "GET", hasContentType: false));
    }

    [Theory]
    [InlineData("max-age=60", StorageDecision.SetCookie)]
    [InlineData("s-maxage=60", StorageDecision.SetCookie)]
    [InlineData("max-age=60, public", StorageDecision.Store)]
    [InlineData("max-age=60, private=\"set-cookie\"", StorageDecision.Store)]
    [InlineData("max-age=60, no-cache=Set-Cookie", StorageDecision.Store)]
    [InlineData("max-age=60, private=\"set-cookie2\"", StorageDecision.SetCookie)]
    public void Set_cookie_forbids_in_a_shared_cache_unless_it_is_public_or_left_out(string cacheControl, Enum expected)
    {
        var fields = $"Cache-Control: {cacheControl}|Set-Cookie: a=b";
        Assert.Equal(expected, Decide(Message.Shared, fields));
        Assert.Equal(StorageDecision.Store, Decide(Message.Shared with { ShareSetCookie = true }, fields));
        Assert.Equal(StorageDecision.Store, Decide(Message.Private, $"{fields}|{Fresh}"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("Foo, *")]
    [InlineData("*, *")]
    [InlineData(", *")]
    [InlineData("a b")]
    [InlineData("\"a\"")]
    public void What_no_request_matches_is_not_stored(string vary) =>
        Assert.Equal(StorageDecision.Vary, Decide(Message.Private, $"{Fresh}|Vary: Accept|Vary: {vary}"));

    [Fact]
    public void Under_a_normalized_key_only_a_2xx_is_stored()
    {
        Assert.Equal(StorageDecision.Store, Decide(Message.Private, Fresh, isKeyNormalized: true));
        Assert.Equal(StorageDecision.NormalizedKey, Decide(Message.Private, Fresh, status: 400, isKeyNormalized: true));
        Assert.Equal(StorageDecision.NormalizedKey, Decide(Message.Private, Fresh, status: 303, isKeyNormalized: true));
    }

    [Theory]
    [InlineData(200, "", StorageDecision.NotReusable, StorageDecision.NoLifetime)]
    [InlineData(200, "ETag: \"a\"", StorageDecision.Store, StorageDecision.NoLifetime)]
    [InlineData(200, "Last-Modified: {-1000}", StorageDecision.Store, StorageDecision.NoLifetime)]
    [InlineData(201, "Last-Modified: {-1000}", StorageDecision.NoLifetime, StorageDecision.NoLifetime)]
    [InlineData(201, "Last-Modified: {-1000}|Cache-Control: public", StorageDecision.Store, StorageDecision.NoLifetime)]
    [InlineData(200, "Cache-Control: no-cache|ETag: \"a\"", StorageDecision.Store, StorageDecision.Store)]
    [InlineData(200, "Cache-Control: no-cache, max-age=60|ETag: \"a\"", StorageDecision.Store, StorageDecision.Store)]
    [InlineData(200, "Cache-Control: no-cache, max-age=60|ETag: a", StorageDecision.NotReusable, StorageDecision.NotReusable)]
    [InlineData(200, "Cache-Control: no-cache, max-age=60", StorageDecision.NotReusable, StorageDecision.NotReusable)]
    [InlineData(500, "Cache-Control: no-cache|ETag: \"a\"", StorageDecision.NoLifetime, StorageDecision.NoLifetime)]
    [InlineData(200, "Cache-Control: max-age=0", StorageDecision.NotReusable, StorageDecision.NotReusable)]
    [InlineData(200, "Cache-Control: max-age=60|Age: 60", StorageDecision.NotReusable, StorageDecision.NotReusable)]
    [InlineData(200, "Cache-Control: max-age=0|ETag: \"a\"", StorageDecision.Store, StorageDecision.Store)]
    [InlineData(200, "Cache-Control: max-age=0, stale-while-revalidate=5", StorageDecision.Store, StorageDecision.Store)]
    [InlineData(200, "Cache-Control: max-age=0, stale-if-error=5", StorageDecision.Store, StorageDecision.Store)]
    [InlineData(
        200, "Cache-Control: max-age=0, stale-if-error=5, must-revalidate", StorageDecision.NotReusable, StorageDecision.NotReusable)]
    [InlineData(200, "Expires: 0", StorageDecision.NotReusable, StorageDecision.NotReusable)]
    [InlineData(503, "Expires: {+60}", StorageDecision.Store, StorageDecision.Store)]
    public void What_has_no_lifetime_and_no_validator_is_not_worth_storing(
        int status, string fields, Enum expected, Enum withoutHeuristics)
    {
        Assert.Equal(expected, Decide(Message.Private, fields, status: status));
        Assert.Equal(withoutHeuristics, Decide(Message.Private with { AllowHeuristicFreshness = false }, fields, status: status));
    }

    [Fact]
    public void A_whole_response_may_have_content_range() =>
        Assert.Equal(StorageDecision.Store, Decide(Message.Shared, $"{Fresh}|Content-Range: x"));

    [Fact]
    public void Fields_of_the_connection_and_of_proxies_are_not_stored()
    {
        var fields = StorageRules.SelectHeaders(
            Message.Headers(
                "Connection: A, b", "Connection: close", "a: 1", "B: 2", "c: 3", "C: 4", "Keep-Alive: x", "TE: x", "Trailer: x",
                "Transfer-Encoding: x", "Upgrade: x", "Proxy-Connection: x", "Proxy-Authenticate: x", "Proxy-Authorization: x",
                "Proxy-Authentication-Info: x", "Set-Cookie: a=b", "Set-Cookie: c=d", "Age: 5", "X-Foo: 6"),
            CacheMode.Private);
        Assert.Equal(["c", "Set-Cookie", "Age", "X-Foo"], fields.Select(field => field.Key));
        Assert.Equal(new StringValues(["3", "4"]), fields["C"]);
        Assert.Equal(2, fields["set-cookie"].Count);
    }

    [Fact]
    public void Fields_that_the_rules_rest_on_are_stored_whatever_connection_names()
    {
        string[] lines = ["Cache-Control: max-age=60", "CDN-Cache-Control: a", "Vary: Foo", "Expires: {0}", "Date: {0}", "Age: 0"];
        var received = Message.Headers([.. lines, "Connection: cache-control, CDN-Cache-Control, vary, Expires", "Connection: Date,Age"]);
        Assert.Equal(Message.Headers(lines), StorageRules.SelectHeaders(received, CacheMode.Shared));
    }

    [Fact]
    public void Fields_that_no_cache_or_private_names_are_not_stored()
    {
        var received = Message.Headers("Cache-Control: max-age=60, no-cache=\"a\", private=\"B, c\"", "A: 1", "b: 2", "C: 3", "d: 4");
        Assert.Equal(["Cache-Control", "b", "C", "d"], StorageRules.SelectHeaders(received, CacheMode.Private).Select(field => field.Key));
        Assert.Equal(["Cache-Control", "d"], StorageRules.SelectHeaders(received, CacheMode.Shared).Select(field => field.Key));
    }

    [Fact]
    public void What_is_for_one_user_is_never_shared_but_by_the_exceptions() => RandomCases.AllHold(
        from options in CacheGenerators.Options
        from fields in CacheGenerators.ResponseHeaders
        from isAuthorized in CacheGenerators.Bool
        from status in Gen.Elements(200, 203, 404, 500)
        select (Options: options with { Mode = CacheMode.Shared, ShareSetCookie = false }, fields, isAuthorized, status),
        random =>
        {
            var decision = StorageRules.Decide(random.Options, new CacheExchange
            {
                Method = "QUERY",
                RequestHeaders = random.isAuthorized ? Message.Headers("Authorization: x", "Content-Type: a/b") : Message.Headers("Content-Type: a/b"),
                Status = random.status,
                ResponseHeaders = random.fields,
                RequestTime = Message.Received,
                ResponseTime = Message.Received,
            });
            if (decision is not StorageDecision.Store) return true;

            var directives = ResponseDirectives.Parse(random.fields, CacheMode.Shared);
            var sharesCookie = StorageRules.SelectHeaders(random.fields, CacheMode.Shared)["Set-Cookie"].Count > 0;
            return !directives.Private
                && (!directives.NoStore || directives.MustUnderstand)
                && (!sharesCookie || directives.Public)
                && (!random.isAuthorized || directives.Public || directives.SharedMaxAge is not null);
        });

    [Fact]
    public void What_is_stored_decides_alike_when_it_is_loaded() => RandomCases.AllHold(
        from mode in CacheGenerators.Mode
        from fields in CacheGenerators.ResponseHeaders
        select (mode, fields),
        random => StorageRules.SelectHeaders(random.fields, random.mode) is var stored
            && ResponseDirectives.Parse(stored, random.mode) == ResponseDirectives.Parse(random.fields, random.mode)
            && StorageRules.SelectHeaders(stored, random.mode).SequenceEqual(stored));

    private static StorageDecision Decide(
        CacheRuleOptions options, string fields, int status = 200, string method = "QUERY", string request = "Accept: */*",
        bool isKeyNormalized = false, bool hasContentType = true)
    {
        var requestFields = Message.Headers(request);
        return StorageRules.Decide(options, new CacheExchange
        {
            Method = method,
            RequestHeaders = hasContentType ? new([.. requestFields, new("Content-Type", "application/json")]) : requestFields,
            RequestDirectives = RequestDirectives.Parse(requestFields),
            Status = status,
            ResponseHeaders = Message.Headers(fields.Split('|', StringSplitOptions.RemoveEmptyEntries)),
            RequestTime = Message.Received,
            ResponseTime = Message.Received,
            IsKeyNormalized = isKeyNormalized,
        });
    }
}
