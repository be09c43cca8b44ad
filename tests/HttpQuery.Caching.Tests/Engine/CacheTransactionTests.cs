namespace HttpQuery.Caching.Tests.Engine;

/// <summary>RFC 9111 §3, §4.3, §5.2; RFC 5861; RFC 9211: one request after another through a cache.</summary>
public class CacheTransactionTests
{
    private const string Query = """QUERY /a {"q":1}""";
    private const string Spelled = """QUERY /a { "q": 1 }""";
    private const string Stale = "Cache-Control: max-age=60, stale-if-error=60";

    private readonly CacheHost _host = new();

    [Fact]
    public async Task A_304_that_varies_anew_is_given_to_nobody_else()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("anna's", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        var anna = CacheHost.Request(Query, "X-User: anna");
        var validated = await _host.SendAsync(anna, new OriginAnswer(304, "", "ETag: \"1\"", "Cache-Control: max-age=60", "Vary: X-User"));
        Assert.Equal("anna's", validated.Content);
        await _host.AssertForwardedAsync(Query, "X-User: bert");
    }

    [Fact]
    public async Task A_304_that_varies_by_more_is_given_to_nobody_else()
    {
        var anna = CacheHost.Request(Query, "X-User: anna", "Accept: a/b");
        await _host.SendAsync(anna, CacheHost.Fresh("anna's", "ETag: \"1\"", "Vary: Accept"));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        await _host.SendAsync(anna, new OriginAnswer(304, "", "ETag: \"1\"", "Cache-Control: max-age=60", "Vary: Accept, X-User"));
        await _host.AssertForwardedAsync(Query, "X-User: bert", "Accept: a/b");
    }

    [Theory]
    [InlineData("X-User")]
    [InlineData("Accept-Language, x-user")]
    public async Task Each_value_of_a_field_that_counts_has_its_own_answer(string vary)
    {
        var (anna, bert) = (CacheHost.Request(Query, "X-User: anna"), CacheHost.Request(Query, "X-User: bert"));
        await _host.SendAsync(anna, CacheHost.Fresh("anna's", $"Vary: {vary}"));
        await _host.AssertForwardedAsync(bert);
        await _host.AssertForwardedAsync(Query);
        await _host.SendAsync(bert, CacheHost.Fresh("bert's", $"Vary: {vary}"));
        await _host.AssertServedAsync("anna's", anna);
        await _host.AssertServedAsync("bert's", bert);
        await _host.AssertForwardedAsync(Query);
    }

    [Theory]
    [InlineData("no-cache=\"Vary\", max-age=60", "X: y")]
    [InlineData("private=\"Vary\", max-age=60", "X: y")]
    [InlineData("max-age=60", "Connection: Vary")]
    public async Task Vary_counts_whatever_else_is_said_of_it(string cacheControl, string line)
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(CacheHost.Request(Query, "X-User: anna"), new OriginAnswer(200, "anna's", "Vary: X-User", $"Cache-Control: {cacheControl}", line));
        await host.AssertForwardedAsync(Query, "X-User: bert");
    }

    [Fact]
    public async Task What_varies_in_how_it_varies_is_found_under_the_last_four_lists()
    {
        foreach (var name in new[] { "A", "B", "C", "D", "E" })
            await _host.SendAsync(CacheHost.Request(Query, $"{name}: 1"), CacheHost.Fresh(name, $"Vary: {name}"));
        await _host.AssertForwardedAsync(Query, "A: 1", "B: 0", "C: 0", "D: 0", "E: 0");
        foreach (var name in new[] { "B", "C", "D", "E" })
            await _host.AssertServedAsync(name, Query, [.. new[] { "B", "C", "D", "E" }.Select(other => $"{other}: {(other == name ? 1 : 0)}")]);
    }

    [Fact]
    public async Task An_answer_that_no_longer_varies_does_not_take_the_place_of_those_that_did()
    {
        var anna = CacheHost.Request(Query, "X-User: anna");
        await _host.SendAsync(anna, CacheHost.Fresh("anna's", "Vary: X-User"));
        await _host.SendAsync(Query, CacheHost.Fresh("everyone's"));
        await _host.AssertServedAsync("everyone's", Query, "X-User: bert");
        await _host.SendAsync(CacheHost.Request("GET /b", "X-User: anna"), CacheHost.Fresh("everyone's"));
        await _host.AssertServedAsync("everyone's", "GET /b");
    }

    [Theory]
    [InlineData(Query)]
    [InlineData("GET /a")]
    public async Task Users_that_are_kept_apart_never_meet(string request)
    {
        var plain = CacheHost.Request(request);
        await _host.SendAsync(CacheHost.Of("anna", plain), CacheHost.Fresh("anna's"));
        await _host.AssertForwardedAsync(CacheHost.Of("bert", plain));
        await _host.AssertForwardedAsync(plain);
        await _host.AssertServedAsync("anna's", CacheHost.Of("anna", plain));
    }

    [Theory]
    [InlineData("private, max-age=60")]
    [InlineData("no-store, max-age=60")]
    [InlineData("max-age=60", "Set-Cookie: a=b")]
    [InlineData("max-age=60", "Vary: *")]
    public async Task What_is_for_one_user_is_not_stored_for_all(string cacheControl, params string[] lines)
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(Query, new OriginAnswer(200, "anna's", [$"Cache-Control: {cacheControl}", .. lines]));
        await host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task What_was_asked_for_with_credentials_is_not_stored_for_all()
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(CacheHost.Request(Query, "Authorization: Bearer anna"), CacheHost.Fresh("anna's"));
        await host.AssertForwardedAsync(Query, "Authorization: Bearer bert");
        await host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task A_304_to_one_with_credentials_is_not_stored_for_all()
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(Query, CacheHost.Fresh("everyone's", "ETag: \"1\""));
        host.Time.Advance(TimeSpan.FromSeconds(61));
        var validated = await host.SendAsync(CacheHost.Request(Query, "Authorization: Bearer anna"), new OriginAnswer(304, "", "ETag: \"1\"", "X-User: anna"));
        Assert.Equal("anna", validated["X-User"]);
        await host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task Another_spelling_has_the_answer_but_not_the_error()
    {
        await _host.SendAsync(Query, new OriginAnswer(400, "column 3", "Cache-Control: max-age=60"));
        await _host.AssertServedAsync("column 3", Query);
        await _host.AssertForwardedAsync(Spelled);
        await _host.SendAsync(Spelled, CacheHost.Fresh("answer"));
        await _host.AssertServedAsync("answer", Spelled);
        await _host.AssertServedAsync("answer", Query);
    }

    [Fact]
    public async Task What_asks_for_no_transformation_meets_no_other_spelling()
    {
        await _host.SendAsync(CacheHost.Request(Query, "Cache-Control: no-transform"), CacheHost.Fresh("answer"));
        await _host.AssertServedAsync("answer", Query, "Cache-Control: no-transform");
        await _host.AssertForwardedAsync(Spelled, "Cache-Control: no-transform");
        await _host.AssertForwardedAsync(Spelled);
    }

    [Theory]
    [InlineData("Content-Type: application/json;charset=utf-16")]
    [InlineData("Content-Encoding: x")]
    [InlineData("Content-Language: de")]
    [InlineData("Content-Location: /c")]
    public async Task Fields_of_the_content_tell_queries_apart(string line)
    {
        var other = CacheHost.Request("QUERY /a", line);
        await _host.SendAsync("QUERY /a", CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync(other);
    }

    [Fact]
    public async Task A_request_with_no_store_is_neither_stored_nor_answered()
    {
        await _host.SendAsync(CacheHost.Request(Query, "Cache-Control: no-store"), CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync(Query);
        await _host.SendAsync(Query, CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync(Query, "Cache-Control: no-store");
    }

    [Fact]
    public async Task Content_that_could_not_be_read_bypasses()
    {
        var request = CacheHost.Request(Query);
        var unread = new CacheRequest { Method = "QUERY", Scheme = "https", Authority = "a.test", Target = "/a", Fields = request.Fields, Content = null };
        await _host.SendAsync("QUERY /a", CacheHost.Fresh("empty"));
        var reply = await _host.SendAsync(unread, CacheHost.Fresh("long"));
        Assert.Equal("test; fwd=bypass; fwd-status=200", reply["Cache-Status"]);
        await _host.AssertForwardedAsync(unread);
        await _host.AssertServedAsync("empty", "QUERY /a");
    }

    [Fact]
    public async Task A_get_with_content_bypasses()
    {
        await _host.SendAsync("""GET /a {"q":1}""", CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync("""GET /a {"q":1}""");
        await _host.AssertForwardedAsync("GET /a");
    }

    [Theory]
    [InlineData("Content-Length: 7")]
    [InlineData("Content-Length: 5")]
    [InlineData("Content-Length: x")]
    [InlineData("Content-Length: 6", "Content-Length: 7")]
    public async Task An_answer_of_another_length_than_stated_is_not_stored(params string[] lines)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", lines));
        await _host.AssertForwardedAsync(Query);
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(5, false)]
    public async Task An_answer_is_stored_up_to_a_length(int length, bool isStored)
    {
        var host = new CacheHost(new() { MaximumResponseLength = length });
        using var stated = await host.BeginAsync(Query);
        Assert.Equal(isStored ? CacheHead.Capture : CacheHead.Pass, await stated.ReceiveAsync(200, CacheHost.Fresh("", "Content-Length: 6").Fields));
        stated.Dispose();
        await host.SendAsync(Query, CacheHost.Fresh("answer"));
        Assert.Equal(isStored ? CacheAction.Serve : CacheAction.Forward, (await host.BeginAsync(Query)).Action);
    }

    [Fact]
    public async Task What_was_cut_off_is_not_stored()
    {
        using var transaction = await _host.BeginAsync(Query);
        Assert.Equal(CacheHead.Capture, await transaction.ReceiveAsync(200, CacheHost.Fresh("").Fields));
        transaction.Abandon();
        await transaction.CompleteAsync("ans"u8.ToArray());
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task A_304_freshens_fields_and_age()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\"", "X-Count: 1", "Content-Type: text/plain", "Age: 5"));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var transaction = await _host.BeginAsync(Query);
        Assert.Equal(CacheAction.Validate, transaction.Action);
        Assert.Equal("\"1\"", transaction.Conditions.IfNoneMatch);
        var reply = await CacheHost.FinishAsync(transaction, new OriginAnswer(304, "", "ETag: \"1\"", "X-Count: 2", "Content-Type: text/html"));
        Assert.Equal((200, "answer", "2", "text/plain", "0"), (reply.Status, reply.Content, reply["X-Count"], reply["Content-Type"], reply["Age"]));
        Assert.Equal("test; fwd=stale; fwd-status=304; stored; ttl=60", reply["Cache-Status"]);

        _host.Time.Advance(TimeSpan.FromSeconds(59));
        var served = await _host.AssertServedAsync("answer", Query);
        Assert.Equal(("2", "59", "test; hit; ttl=1"), (served["X-Count"], served["Age"], served["Cache-Status"]));
    }

    [Theory]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Vary: *")]
    public async Task A_304_that_forbids_storing_removes(string line)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        var reply = await _host.SendAsync(Query, new OriginAnswer(304, "", "ETag: \"1\"", line));
        Assert.Equal("answer", reply.Content);
        using var next = await _host.BeginAsync(Query);
        Assert.Equal(CacheAction.Forward, next.Action);
    }

    [Fact]
    public async Task A_304_that_speaks_of_another_answer_is_asked_again()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var transaction = await _host.BeginAsync(Query);
        var reply = await CacheHost.FinishAsync(transaction, new OriginAnswer(304, "", "ETag: \"2\""), CacheHost.Fresh("new", "ETag: \"2\""));
        Assert.Equal(("new", 2), (reply.Content, reply.Forwarded));
        Assert.Throws<InvalidOperationException>(() => transaction.Answer());
        await _host.AssertServedAsync("new", Query);
    }

    [Fact]
    public async Task What_is_sent_again_may_fail_and_is_not_answered_by_what_it_was_not()
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "old", Stale, "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var transaction = await _host.BeginAsync(Query);
        Assert.Equal(CacheHead.Resend, await transaction.ReceiveAsync(304, Message.Fields("ETag: \"2\"")));
        Assert.Equal(CacheAction.Forward, transaction.Action);
        Assert.False(await transaction.TryServeInsteadAsync());
    }

    [Fact]
    public async Task A_whole_answer_to_a_validation_takes_the_place()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        var reply = await _host.SendAsync(Query, new OriginAnswer(200, "new", "Cache-Control: max-age=30"));
        Assert.Equal(("new", "test; fwd=stale; fwd-status=200; stored; ttl=30"), (reply.Content, reply["Cache-Status"]));
        await _host.AssertServedAsync("new", Query);
    }

    [Theory]
    [InlineData(500, "ETag: \"1\"")]
    [InlineData(502, "X: y")]
    [InlineData(503, "ETag: \"1\"")]
    [InlineData(504, "X: y")]
    public async Task An_error_is_replaced_where_stale_if_error_says_so(int status, string line)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", Stale, line));
        _host.Time.Advance(TimeSpan.FromSeconds(119));
        var reply = await _host.SendAsync(Query, new OriginAnswer(status, "error"));
        Assert.Equal((200, "answer", "119"), (reply.Status, reply.Content, reply["Age"]));
        Assert.Equal($"test; fwd=stale; fwd-status={status}; ttl=-59", reply["Cache-Status"]);

        _host.Time.Advance(TimeSpan.FromSeconds(2));
        var late = await _host.SendAsync(Query, new OriginAnswer(status, "error"));
        Assert.Equal((status, "error"), (late.Status, late.Content));
    }

    [Theory]
    [InlineData("max-age=60", 503)]
    [InlineData("max-age=60, stale-if-error=60, must-revalidate", 503)]
    [InlineData("max-age=60, stale-if-error=60", 501)]
    [InlineData("max-age=60, stale-if-error=60", 404)]
    public async Task Another_error_passes(string cacheControl, int status)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", $"Cache-Control: {cacheControl}", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        var reply = await _host.SendAsync(Query, new OriginAnswer(status, "error"));
        Assert.Equal((status, "error"), (reply.Status, reply.Content));
        Assert.Equal($"test; fwd=stale; fwd-status={status}", reply["Cache-Status"]);
    }

    [Theory]
    [InlineData("If-Match: \"2\"")]
    [InlineData("If-Unmodified-Since: {-3600}")]
    public async Task Conditions_that_only_the_origin_evaluates_go_there_and_its_answer_passes(string line)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", Stale, "ETag: \"1\""));
        using var transaction = await _host.BeginAsync(Query, line);
        Assert.Equal(CacheAction.Forward, transaction.Action);
        Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(503, Message.Fields()));
        Assert.False(await transaction.TryServeInsteadAsync());
        var refused = await _host.SendAsync(CacheHost.Request(Query, line, "Cache-Control: only-if-cached"));
        Assert.Equal(504, refused.Status);
    }

    [Theory]
    [InlineData("max-age=60, stale-if-error=60", true)]
    [InlineData("max-age=60", false)]
    [InlineData("max-age=60, stale-if-error=60, must-revalidate", false)]
    public async Task A_dead_origin_is_replaced_where_that_is_allowed(string cacheControl, bool isServed)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", $"Cache-Control: {cacheControl}", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var transaction = await _host.BeginAsync(Query);
        Assert.Equal(isServed, await transaction.TryServeInsteadAsync());
        if (isServed) Assert.Equal(200, transaction.Answer().Status);
    }

    [Fact]
    public async Task A_dead_origin_is_not_replaced_where_nothing_is_stored()
    {
        using var transaction = await _host.BeginAsync(Query);
        Assert.False(await transaction.TryServeInsteadAsync());
        Assert.Throws<InvalidOperationException>(() => transaction.Answer());
    }

    [Theory]
    [InlineData(119, true)]
    [InlineData(121, false)]
    public async Task Stale_is_served_while_it_is_revalidated(double seconds, bool isServed)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", "Cache-Control: max-age=60, stale-while-revalidate=60"));
        Assert.False((await _host.BeginAsync(Query)).ShouldRevalidate);
        _host.Time.Advance(TimeSpan.FromSeconds(seconds));
        using var transaction = await _host.BeginAsync(Query);
        Assert.Equal(isServed ? (CacheAction.Serve, true) : (CacheAction.Forward, false), (transaction.Action, transaction.ShouldRevalidate));
    }

    [Fact]
    public async Task Only_what_is_stored_is_refused_where_nothing_is()
    {
        var request = CacheHost.Request(Query, "Cache-Control: only-if-cached");
        Assert.Equal(504, (await _host.SendAsync(request)).Status);
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\""));
        await _host.AssertServedAsync("answer", request);
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(504, (await _host.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("no-cache", CacheAction.Validate)]
    [InlineData("max-age=9", CacheAction.Validate)]
    [InlineData("max-age=10", CacheAction.Serve)]
    [InlineData("min-fresh=51", CacheAction.Validate)]
    [InlineData("min-fresh=50", CacheAction.Serve)]
    public async Task What_the_request_asks_for_decides(string cacheControl, CacheAction expected)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(expected, (await _host.BeginAsync(Query, $"Cache-Control: {cacheControl}")).Action);
    }

    [Fact]
    public async Task Head_is_answered_from_get_and_stores_nothing()
    {
        await _host.SendAsync("HEAD /a", CacheHost.Fresh(""));
        await _host.AssertForwardedAsync("GET /a");
        await _host.SendAsync("GET /a", CacheHost.Fresh("answer", "Content-Length: 6", "X-Count: 1"));
        var reply = await _host.AssertServedAsync("", "HEAD /a");
        Assert.Equal((200, "1", 6), (reply.Status, reply["X-Count"], reply.ContentLength));
        await _host.AssertServedAsync("answer", "GET /a");
    }

    [Theory]
    [InlineData("bytes=0-1", 206, "an", "bytes 0-1/6")]
    [InlineData("bytes=-2", 206, "er", "bytes 4-5/6")]
    [InlineData("bytes=4-99", 206, "er", "bytes 4-5/6")]
    [InlineData("bytes=6-", 416, "", "bytes */6")]
    [InlineData("bytes=0-0,5-5", 200, "answer", null)]
    [InlineData("bytes=0-2,3-5", 206, "answer", "bytes 0-5/6")]
    [InlineData("lines=0-1", 200, "answer", null)]
    [InlineData("bytes=x", 200, "answer", null)]
    public async Task Parts_are_cut_from_the_whole(string range, int status, string content, string? contentRange)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "Content-Length: 6"));
        var reply = await _host.AssertServedAsync(content, Query, $"Range: {range}");
        Assert.Equal((status, contentRange, content.Length), (reply.Status, reply["Content-Range"], reply.ContentLength));
        Assert.Null(reply["Content-Length"]);
    }

    [Theory]
    [InlineData("\"1\"", 206)]
    [InlineData("\"2\"", 200)]
    [InlineData("W/\"1\"", 200)]
    public async Task A_part_is_cut_only_of_what_the_client_has(string ifRange, int status)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\""));
        Assert.Equal(status, (await _host.SendAsync(CacheHost.Request(Query, "Range: bytes=0-1", $"If-Range: {ifRange}"))).Status);
    }

    [Fact]
    public async Task A_part_is_not_stored_and_a_whole_answer_to_range_is()
    {
        var part = CacheHost.Request(Query, "Range: bytes=0-1");
        await _host.SendAsync(part, new OriginAnswer(206, "an", "Cache-Control: max-age=60", "Content-Range: bytes 0-1/6"));
        await _host.AssertForwardedAsync(Query);
        await _host.SendAsync(part, CacheHost.Fresh("answer"));
        await _host.AssertServedAsync("answer", Query);
        await _host.AssertServedAsync("an", part);
    }

    [Theory]
    [InlineData("If-None-Match: \"1\"", 304)]
    [InlineData("If-None-Match: W/\"1\", \"3\"", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"2\"", 200)]
    [InlineData("If-Modified-Since: {0}", 304)]
    [InlineData("If-Modified-Since: {-7200}", 200)]
    public async Task The_conditions_of_the_client_are_evaluated(string line, int status)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\"", "Last-Modified: {-3600}", "Content-Type: text/plain", "Content-Language: de"));
        foreach (var range in new[] { "X: y", "Range: bytes=0-9" })
        {
            var reply = await _host.SendAsync(CacheHost.Request(Query, line, range));
            Assert.Equal(status is 304 ? 304 : range is "X: y" ? 200 : 206, reply.Status);
            Assert.Equal("\"1\"", reply["ETag"]);
            if (status is 304) Assert.Equal((null, null, "", null), (reply["Content-Type"], reply["Content-Language"], reply.Content, reply.ContentLength));
        }
    }

    [Fact]
    public async Task A_304_to_the_condition_of_the_client_passes_where_nothing_is_stored()
    {
        using var transaction = await _host.BeginAsync(Query, "If-None-Match: \"1\"");
        Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(304, Message.Fields("ETag: \"1\"", "Cache-Control: max-age=60")));
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task Age_counts_from_the_origin_and_the_field_comes_once()
    {
        using var transaction = await _host.BeginAsync(Query);
        _host.Time.Advance(TimeSpan.FromSeconds(2));
        await CacheHost.FinishAsync(transaction, CacheHost.Fresh("answer", "Age: 10", "Cache-Status: origin; hit"));
        _host.Time.Advance(TimeSpan.FromSeconds(3));
        var reply = await _host.AssertServedAsync("answer", Query);
        Assert.Equal(("15", "origin; hit,test; hit; ttl=45"), (reply["Age"], reply["Cache-Status"]));
    }

    [Theory]
    [InlineData("GET /a", "test; fwd=uri-miss; fwd-status=200; stored; ttl=60")]
    [InlineData("HEAD /a", "test; fwd=uri-miss; fwd-status=200")]
    [InlineData("POST /a", "test; fwd=method; fwd-status=200")]
    [InlineData("PROPFIND /a", "test; fwd=method; fwd-status=200")]
    public async Task Why_a_request_was_forwarded_is_told(string request, string expected) =>
        Assert.Equal(expected, (await _host.SendAsync(request, CacheHost.Fresh("answer")))["Cache-Status"]);

    [Fact]
    public async Task That_fields_did_not_match_is_told()
    {
        await _host.SendAsync(CacheHost.Request(Query, "X-User: anna"), CacheHost.Fresh("anna's", "Vary: X-User"));
        var reply = await _host.SendAsync(CacheHost.Request(Query, "X-User: bert"), new OriginAnswer(500, "error"));
        Assert.Equal("test; fwd=vary-miss; fwd-status=500", reply["Cache-Status"]);
    }

    [Fact]
    public async Task Without_a_name_nothing_is_told()
    {
        var host = new CacheHost(new());
        await host.SendAsync(Query, CacheHost.Fresh("answer"));
        Assert.Null((await host.AssertServedAsync("answer", Query))["Cache-Status"]);
    }

    [Theory]
    [InlineData("max-age=60", 60, CacheAction.Forward)]
    [InlineData("max-age=60|ETag: \"1\"", 659, CacheAction.Validate)]
    [InlineData("max-age=60|ETag: \"1\"", 660, CacheAction.Forward)]
    [InlineData("max-age=60, stale-while-revalidate=900", 959, CacheAction.Serve)]
    [InlineData("max-age=60, stale-if-error=99999|ETag: \"1\"", 999, CacheAction.Validate)]
    [InlineData("max-age=99999", 999, CacheAction.Serve)]
    [InlineData("max-age=99999|ETag: \"1\"", 1000, CacheAction.Forward)]
    public async Task An_answer_is_kept_for_its_use_and_no_longer(string fields, double seconds, CacheAction expected)
    {
        var host = new CacheHost(new() { ValidationRetention = TimeSpan.FromMinutes(10), MaximumRetention = TimeSpan.FromSeconds(1000) });
        await host.SendAsync(Query, new OriginAnswer(200, "answer", $"Cache-Control: {fields}".Split('|')));
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(expected, (await host.BeginAsync(Query)).Action);
    }
}
