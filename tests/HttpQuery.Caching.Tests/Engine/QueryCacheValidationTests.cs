namespace HttpQuery.Caching.Tests.Engine;

/// <summary>RFC 9111 §4.2.4, §4.3; RFC 5861: what is asked again, and what stands in where the origin fails.</summary>
public class QueryCacheValidationTests
{
    private const string Query = """QUERY /a {"q":1}""";
    private const string Stale = "Cache-Control: max-age=60, stale-if-error=60";

    private readonly CacheHost _host = new();

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
        Assert.Equal(CacheHead.Resend, await transaction.ReceiveAsync(304, Message.Headers("ETag: \"2\"")));
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
        Assert.Equal($"test; fwd=stale; fwd-status={status}; ttl=-59; detail=stale-if-error", reply["Cache-Status"]);

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
        Assert.Equal($"test; fwd=stale; fwd-status={status}; detail=spelling", reply["Cache-Status"]);
    }

    [Theory]
    [InlineData("If-Match: \"2\"")]
    [InlineData("If-Unmodified-Since: {-3600}")]
    public async Task Conditions_that_only_the_origin_evaluates_go_there_and_its_answer_passes(string line)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", Stale, "ETag: \"1\""));
        using var transaction = await _host.BeginAsync(Query, line);
        Assert.Equal(CacheAction.Forward, transaction.Action);
        Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(503, Message.Headers()));
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
}
