using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>Each way through the cache has one metric label, one Cache-Status (RFC 9211) and one line in the log.</summary>
public sealed class CacheOutcomeTests : IDisposable
{
    private const string Query = """QUERY /a {"q":1}""";
    private const string Stale = "Cache-Control: max-age=10, stale-if-error=100";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Telemetry _telemetry = new();
    private readonly CacheHost _host;
    private string? _status;

    public CacheOutcomeTests() => _host = new(CacheHost.Shared, telemetry: _telemetry);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    /// <summary>The way, the label, Cache-Status without the name of the cache, and the method.</summary>
    public static TheoryData<string, string, string, string> Paths => new()
    {
        { "fresh", "hit", "hit; ttl=60", "QUERY" },
        { "HEAD from GET", "hit", "hit; ttl=60", "HEAD" },
        { "stale-while-revalidate", "stale_while_revalidate", "hit; ttl=-5", "QUERY" },
        { "max-stale", "max_stale", "hit; ttl=-5", "QUERY" },
        { "stale-if-error, 503", "stale_if_error", "fwd=stale; fwd-status=503; ttl=-5; detail=stale-if-error", "QUERY" },
        { "stale-if-error, not reached", "stale_if_error", "fwd=stale; ttl=-5; detail=stale-if-error", "QUERY" },
        { "304", "validated", "fwd=stale; fwd-status=304; stored; ttl=60", "QUERY" },
        { "304 to a reload", "validated", "fwd=request; fwd-status=304; stored; ttl=60", "QUERY" },
        { "collapsed", "collapsed", "fwd=uri-miss; collapsed; ttl=60", "QUERY" },
        { "collapsed in vain", "miss", "fwd=uri-miss; fwd-status=200; collapsed=?0; detail=no-store", "QUERY" },
        { "nothing stored", "miss", "fwd=uri-miss; fwd-status=200; stored; ttl=60", "QUERY" },
        { "another variant", "miss", "fwd=vary-miss; fwd-status=200; stored; ttl=60", "QUERY" },
        { "replaced", "miss", "fwd=stale; fwd-status=200; stored; ttl=60", "QUERY" },
        { "conditions for the origin", "miss", "fwd=request; fwd-status=200", "QUERY" },
        { "request no-store", "miss", "fwd=uri-miss; fwd-status=200", "QUERY" },
        { "error", "miss", "fwd=uri-miss; fwd-status=500; detail=no-lifetime", "GET" },
        { "in the background", "revalidation", "fwd=uri-miss; fwd-status=200; stored; ttl=60", "QUERY" },
        { "unreadable content", "bypass", "fwd=bypass; fwd-status=200", "QUERY" },
        { "GET with content", "bypass", "fwd=bypass; fwd-status=200", "GET" },
        { "POST", "method", "fwd=method; fwd-status=200", "POST" },
        { "unknown method", "method", "fwd=method; fwd-status=200", "_OTHER" },
        { "only-if-cached", "refused", "detail=only-if-cached", "QUERY" },
        { "only-if-cached, stale", "refused", "detail=only-if-cached", "QUERY" },
        { "not reached", "failed", "fwd=uri-miss", "QUERY" },
        { "not reached, and a gateway says so", "failed", "fwd=uri-miss; fwd-status=504; detail=spelling", "QUERY" },
        { "stale-if-error, and a gateway says that nobody was reached", "stale_if_error", "fwd=stale; ttl=-5; detail=stale-if-error", "QUERY" },
        { "client left", "cancelled", "fwd=uri-miss", "QUERY" },
        { "stale-while-revalidate, only-if-cached", "stale_while_revalidate", "hit; ttl=-5", "QUERY" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Each_way_is_told(string way, string label, string status, string method)
    {
        using var transaction = await GoAsync(way);
        transaction.Dispose();
        Assert.Equal($"test; {status}", _status ?? transaction.StatusValue(default).ToString());

        // One that is asked before it, or with it, is counted before.
        var counted = _telemetry.Of("httpquery.cache.requests")[^1];
        Assert.Equal((1, $"httpquery.cache.result={label} http.request.method={method} httpquery.cache.name=test"), (counted.Value, counted.Tags));
        Assert.Equal($"Debug: {method}: {label} (test; {status}).", Assert.Single(_telemetry.Lines, line => line == $"Debug: {method}: {label} (test; {status})."));
        Assert.DoesNotContain(_telemetry.Lines, line => line.Contains("\"q\"", StringComparison.Ordinal) || line.Contains("/a", StringComparison.Ordinal) || line.Contains("BREW", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_for_another_is_counted()
    {
        using var leader = await _host.BeginAsync(Query);
        using var cancellation = new CancellationTokenSource();
        var waiting = _host.BeginAsync(CacheHost.Request(Query), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, Test));
        Assert.Equal("httpquery.cache.result=cancelled http.request.method=QUERY httpquery.cache.name=test", Assert.Single(_telemetry.Of("httpquery.cache.requests")).Tags);
    }

    [Fact]
    public async Task Headers_that_are_more_than_the_store_takes_are_told_before_anything_is_captured()
    {
        var host = new CacheHost(CacheHost.Shared, time => new MemoryCacheStore(10_000, 10, time), _telemetry);
        var reply = await host.SendAsync("GET /a", CacheHost.Fresh("short", $"X: {new string('x', 2_000)}"));
        Assert.Equal("test; fwd=uri-miss; fwd-status=200; detail=too-long", reply["Cache-Status"]);
    }

    /// <summary>What keeps a response out, the detail in Cache-Status, and the words of the log.</summary>
    public static TheoryData<string, string, string> Refusals => new()
    {
        { "Cache-Control: no-store", "no-store", "it says no-store" },
        { "Cache-Control: private, max-age=60", "private", "it says private, and the cache is shared" },
        { "X: y", "no-lifetime", "it states no lifetime" },
        { "Cache-Control: max-age=0", "no-validator", "it is not fresh (stale, no-cache, or without a lifetime) and has no validator" },
        { "Cache-Control: max-age=60|Vary: *", "vary", "its Vary is *, or cannot be read" },
        { "Cache-Control: max-age=60|Set-Cookie: a=b", "set-cookie", "it has Set-Cookie, and does not say public" },
        { "Cache-Control: max-age=60|Content-Length: 101", "too-long", "it is longer than MaximumResponseLength, or than the store takes" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Why_a_response_is_not_stored_is_told(string lines, string detail, string reason)
    {
        var host = new CacheHost(CacheHost.Shared with { MaximumResponseLength = 100, Rules = Message.Shared with { AllowHeuristicFreshness = false } }, telemetry: _telemetry);
        var reply = await host.SendAsync("GET /a", new OriginAnswer(200, "", lines.Split('|')));
        Assert.Equal($"test; fwd=uri-miss; fwd-status=200; detail={detail}", reply["Cache-Status"]);
        Assert.Equal($"Debug: The response to a GET request is not stored, because {reason}.", _telemetry.Lines[^1]);
    }

    [Fact]
    public async Task Why_a_response_is_not_stored_is_told_when_it_shows_later()
    {
        var host = new CacheHost(CacheHost.Shared with { MaximumResponseLength = 100 }, telemetry: _telemetry);
        await host.SendAsync("GET /a", CacheHost.Fresh(new string('a', 101)));
        Assert.EndsWith("because it is longer than MaximumResponseLength, or than the store takes.", _telemetry.Lines[^1], StringComparison.Ordinal);
        await host.SendAsync("GET /a", CacheHost.Fresh("short", "Content-Length: 6"));
        Assert.EndsWith("because its length differs from Content-Length.", _telemetry.Lines[^1], StringComparison.Ordinal);

        using (var cut = await host.BeginAsync("GET /b")) Assert.Equal(CacheHead.Capture, await cut.ReceiveAsync(200, CacheHost.Fresh("").Headers));
        Assert.EndsWith("because it was cut off, or its client disconnected.", _telemetry.Lines[^1], StringComparison.Ordinal);

        using var late = await host.BeginAsync("GET /c");
        Assert.Equal(CacheHead.Capture, await late.ReceiveAsync(200, CacheHost.Fresh("").Headers));
        await host.SendAsync("PUT /c", new OriginAnswer(204, ""));
        await late.CompleteAsync(default);
        Assert.EndsWith("because its URI was invalidated while the request was in progress.", _telemetry.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Each_decision_of_the_rules_has_words_of_its_own()
    {
        var refusals = Enum.GetValues<StorageDecision>().Where(decision => decision is not StorageDecision.Store).Select(decision => Diagnostics.StorageRefusal.FromDecision(decision)!.Reason).ToList();
        Assert.Equal(refusals.Count, refusals.Distinct().Count());
    }

    [Fact]
    public async Task The_gauges_tell_memory()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer"));
        using var pending = await _host.BeginAsync("GET /b");
        await pending.ReceiveAsync(200, CacheHost.Fresh("").Headers);
        using var capture = pending.Capture();
        capture.Append(new byte[10]);
        Assert.False(capture.IsOver);
        _telemetry.Observe();
        var store = (MemoryCacheStore)_host.Store;
        Assert.Equal((store.Size, "httpquery.cache.name=test"), (_telemetry.Of("httpquery.cache.size")[0].Value, _telemetry.Of("httpquery.cache.size")[0].Tags));
        Assert.Equal(store.Count, _telemetry.Of("httpquery.cache.items")[0].Value);
        Assert.Equal(4096, _telemetry.Of("httpquery.cache.pending")[0].Value);
    }

    [Fact]
    public async Task Nothing_is_logged_for_each_request_unless_someone_looks()
    {
        _telemetry.Level = Microsoft.Extensions.Logging.LogLevel.Information;
        await _host.SendAsync(Query, CacheHost.Fresh("answer"));
        await _host.SendAsync("GET /a", new OriginAnswer(200, "", "Cache-Control: no-store"));
        Assert.Empty(_telemetry.Lines);
    }

    public void Dispose() => _telemetry.Dispose();

    // The transaction when it is known what the request gets.
    private async Task<RequestDriver> GoAsync(string way)
    {
        switch (way)
        {
            case "fresh":
                await _host.SendAsync(Query, CacheHost.Fresh("answer"));
                return await _host.BeginAsync(Query);
            case "HEAD from GET":
                await _host.SendAsync("GET /a", CacheHost.Fresh("answer"));
                return await _host.BeginAsync("HEAD /a");
            case "stale-while-revalidate":
                return await LaterAsync("Cache-Control: max-age=10, stale-while-revalidate=100");
            case "stale-while-revalidate, only-if-cached":
                var onlyIfCached = await LaterAsync("Cache-Control: max-age=10, stale-while-revalidate=100", "Cache-Control: only-if-cached");
                Assert.False(onlyIfCached.ShouldRevalidate || onlyIfCached.TryBeginRevalidation());
                return onlyIfCached;
            case "max-stale":
                return await LaterAsync("Cache-Control: max-age=10|ETag: \"1\"", "Cache-Control: max-stale=100");
            case "stale-if-error, 503":
                return await ReceiveAsync(await LaterAsync(Stale), CacheHead.Serve, 503);
            case "stale-if-error, not reached":
                var unreached = await LaterAsync(Stale);
                Assert.True(await unreached.TryServeInsteadAsync());
                return unreached;
            case "304":
                return await ReceiveAsync(await LaterAsync("Cache-Control: max-age=10|ETag: \"1\""), CacheHead.Serve, 304, "ETag: \"1\"", "Cache-Control: max-age=60");
            case "304 to a reload":
                await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\""));
                return await ReceiveAsync(await _host.BeginAsync(Query, "Cache-Control: no-cache"), CacheHead.Serve, 304, "ETag: \"1\"");
            case "collapsed":
            case "collapsed in vain":
                using (var leader = await _host.BeginAsync(Query))
                {
                    var waiting = _host.BeginAsync(Query);
                    await CacheHost.FinishAsync(leader, way is "collapsed" ? CacheHost.Fresh("answer") : new OriginAnswer(200, "", "Cache-Control: no-store"));
                    var follower = await waiting.WaitAsync(Patience, Test);
                    return way is "collapsed" ? follower : await ReceiveAsync(follower, CacheHead.Pass, 200, "Cache-Control: no-store");
                }
            case "nothing stored":
                return await CaptureAsync(await _host.BeginAsync(Query));
            case "another variant":
                await _host.SendAsync(CacheHost.Request(Query, "A: 1"), CacheHost.Fresh("answer", "Vary: A"));
                return await CaptureAsync(await _host.BeginAsync(Query, "A: 2"), "Vary: A");
            case "replaced":
                return await CaptureAsync(await LaterAsync("Cache-Control: max-age=10|ETag: \"1\""));
            case "conditions for the origin":
                await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\""));
                return await ReceiveAsync(await _host.BeginAsync(Query, "If-Match: \"1\""), CacheHead.Pass, 200, "Cache-Control: max-age=60");
            case "request no-store":
                return await ReceiveAsync(await _host.BeginAsync(Query, "Cache-Control: no-store"), CacheHead.Pass, 200, "Cache-Control: max-age=60");
            case "error":
                return await ReceiveAsync(await _host.BeginAsync("GET /a"), CacheHead.Pass, 500);
            case "in the background":
                return await CaptureAsync(await _host.BeginAsync(Background(CacheHost.Request(Query)), Test));
            case "unreadable content":
                var unreadable = CacheHost.Request(Query);
                unreadable.Content = null;
                return await ReceiveAsync(await _host.BeginAsync(unreadable, Test), CacheHead.Pass, 200);
            case "GET with content":
                return await ReceiveAsync(await _host.BeginAsync("GET /a content"), CacheHead.Pass, 200);
            case "POST":
                return await ReceiveAsync(await _host.BeginAsync("POST /a"), CacheHead.Pass, 200);
            case "unknown method":
                return await ReceiveAsync(await _host.BeginAsync("BREW /a"), CacheHead.Pass, 200);
            case "only-if-cached":
                return await _host.BeginAsync(Query, "Cache-Control: only-if-cached");
            case "only-if-cached, stale":
                return await LaterAsync("Cache-Control: max-age=10|ETag: \"1\"", "Cache-Control: only-if-cached");
            case "not reached, and a gateway says so":
                var told = await _host.BeginAsync(Query);
                Assert.Equal(CacheHead.Pass, await told.ReceiveAsync(504, [], isUnreached: true));
                return told;
            case "stale-if-error, and a gateway says that nobody was reached":
                var standIn = await LaterAsync(Stale);
                Assert.Equal(CacheHead.Serve, await standIn.ReceiveAsync(504, [], isUnreached: true));
                return standIn;
            case "not reached":
                var failed = await _host.BeginAsync(Query);
                Assert.False(await failed.TryServeInsteadAsync());
                return failed;
            default:
                return await _host.BeginAsync(Query);
        }
    }

    // Asked again fifteen seconds after it was stored.
    private async Task<RequestDriver> LaterAsync(string stored, params string[] lines)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", stored.Split('|')));
        _host.Time.Advance(TimeSpan.FromSeconds(15));
        return await _host.BeginAsync(Query, lines);
    }

    private static async Task<RequestDriver> ReceiveAsync(RequestDriver transaction, CacheHead expected, int status, params string[] lines)
    {
        Assert.Equal(expected, await transaction.ReceiveAsync(status, Message.Headers(lines)));
        return transaction;
    }

    private async Task<RequestDriver> CaptureAsync(RequestDriver transaction, params string[] lines)
    {
        await ReceiveAsync(transaction, CacheHead.Capture, 200, ["Cache-Control: max-age=60", .. lines]);
        _status = transaction.StatusValue(default).ToString();
        await transaction.CompleteAsync("answer"u8.ToArray());
        return transaction;
    }

    private static CacheRequest Background(CacheRequest request) => new()
    {
        Method = request.Method,
        Scheme = request.Scheme,
        Authority = request.Authority,
        Target = request.Target,
        Headers = request.Headers,
        Content = request.Content,
        IsBackground = true,
    };
}
