namespace HttpQuery.Caching.Tests.Engine;

/// <summary>RFC 9111 §4, §5.1, §5.2.1; RFC 9110 §13, §14; RFC 9211: what a request gets out of the cache.</summary>
public class CachedMessageTests
{
    private const string Query = """QUERY /a {"q":1}""";

    private readonly CacheHost _host = new();

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

    /// <summary>RFC 9111 §4.3.5.</summary>
    [Theory]
    [InlineData(true, "ETag: \"1\"", "Content-Length: 6")]
    [InlineData(true, "ETag: \"1\"", "X: y")]
    [InlineData(true, "Last-Modified: {-1000}", "X: y")]
    [InlineData(true, "X: y", "X: z")]
    [InlineData(false, "ETag: \"2\"", "X: y")]
    [InlineData(false, "ETag: W/\"1\"", "X: y")]
    [InlineData(false, "Last-Modified: {-999}", "X: y")]
    [InlineData(false, "ETag: \"1\"", "Content-Length: 7")]
    public async Task What_head_shows_to_be_old_is_not_served_to_get(bool isServed, params string[] lines)
    {
        await _host.SendAsync("GET /a", CacheHost.Fresh("answer", "ETag: \"1\"", "Last-Modified: {-1000}"));
        await _host.SendAsync(CacheHost.Request("HEAD /a", "Cache-Control: no-cache"), new OriginAnswer(200, "", lines));
        if (isServed) await _host.AssertServedAsync("answer", "GET /a");
        else await _host.AssertForwardedAsync("GET /a");
    }

    [Fact]
    public async Task Head_for_a_user_who_became_known_behind_the_cache_changes_nothing()
    {
        await _host.SendAsync("GET /a", CacheHost.Fresh("answer", "ETag: \"1\""));
        using var transaction = await _host.BeginAsync("HEAD /a", "Cache-Control: no-cache");
        transaction.ReportUnknownUser();
        await transaction.ReceiveAsync(200, Message.Headers("ETag: \"2\""));
        await _host.AssertServedAsync("answer", "GET /a");
    }

    [Theory]
    [InlineData(16, 416)]
    [InlineData(17, 200)]
    public async Task Who_asks_for_more_ranges_than_are_cut_gets_all(int count, int status)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer"));
        var reply = await _host.SendAsync(CacheHost.Request(Query, $"Range: bytes={string.Join(',', Enumerable.Range(10, count).Select(first => $"{first}-{first}"))}"));
        Assert.Equal((status, true), (reply.Status, reply.IsServed));
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
        Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(304, Message.Headers("ETag: \"1\"", "Cache-Control: max-age=60")));
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
        Assert.Equal("test; fwd=vary-miss; fwd-status=500; detail=spelling", reply["Cache-Status"]);
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
