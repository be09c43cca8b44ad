using System.Text;
using HttpQuery.CacheKeys;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>A cache with a clock that stands still, and what an adapter does around it.</summary>
internal sealed class CacheHost
{
    public CacheHost(QueryCacheOptions? options = null, Func<TimeProvider, IQueryCacheStore>? store = null, Telemetry? telemetry = null)
    {
        Store = store?.Invoke(Time) ?? new MemoryCacheStore(timeProvider: Time);
        Cache = new(options ?? new() { Name = "test", AddCacheStatus = true }, Store, Time, telemetry, telemetry);
    }

    public static QueryCacheOptions Shared { get; } = new() { Name = "test", AddCacheStatus = true, Rules = Message.Shared };

    public FakeTimeProvider Time { get; } = new(Message.Received);

    public IQueryCacheStore Store { get; }

    public QueryCache Cache { get; }

    /// <summary>A request from its text: <c>QUERY /a {"q":1}</c>, or without content.</summary>
    public static CacheRequest Request(string text, params string[] lines)
    {
        var parts = text.Split(' ', 3);
        return new()
        {
            Method = parts[0],
            Scheme = "https",
            Authority = "a.test",
            Target = parts[1],
            Headers = Message.Headers(parts[0] is "QUERY" && !lines.Any(line => line.StartsWith("Content-Type:", StringComparison.Ordinal)) ? ["Content-Type: application/json", .. lines] : lines),
            Content = new(Encoding.UTF8.GetBytes(parts.Length > 2 ? parts[2] : "")),
            Normalizations = QueryNormalizations.JsonSpelling,
        };
    }

    /// <summary>The same request of a user.</summary>
    public static CacheRequest Of(string user, CacheRequest request) => new()
    {
        Method = request.Method,
        Scheme = request.Scheme,
        Authority = request.Authority,
        Target = request.Target,
        Headers = request.Headers,
        Content = request.Content,
        Normalizations = request.Normalizations,
        Partition = Encoding.UTF8.GetBytes(user),
    };

    public static OriginAnswer Fresh(string content, params string[] lines) => new(200, content, ["Cache-Control: max-age=60", .. lines]);

    public Task<RequestDriver> BeginAsync(CacheRequest request, CancellationToken cancellationToken = default) => RequestDriver.BeginAsync(Cache, request, cancellationToken);

    public Task<RequestDriver> BeginAsync(string request, params string[] lines) => BeginAsync(Request(request, lines));

    public Task<Reply> SendAsync(string request, params OriginAnswer[] origin) => SendAsync(Request(request), origin);

    /// <summary>Sends a request, to be answered by the next of the origin's answers each time that it is forwarded.</summary>
    public async Task<Reply> SendAsync(CacheRequest request, params OriginAnswer[] origin)
    {
        using var transaction = await BeginAsync(request);
        return await FinishAsync(transaction, origin);
    }

    public static async Task<Reply> FinishAsync(RequestDriver transaction, params OriginAnswer[] origin)
    {
        if (transaction.Action is CacheAction.Serve) return Reply.Of(transaction.Answer(), 0);
        if (transaction.Action is CacheAction.Refuse) return new(504, Message.Headers(), "", 0, IsServed: false);
        for (var forwarded = 1; ; forwarded++)
        {
            Assert.True(forwarded <= origin.Length, "The request was forwarded, which was not expected.");
            var answer = origin[forwarded - 1];
            switch (await transaction.ReceiveAsync(answer.Status, answer.Headers))
            {
                case CacheHead.Serve:
                    return Reply.Of(transaction.Answer(), forwarded);
                case CacheHead.Resend:
                    continue;
                case CacheHead.Capture:
                    var status = transaction.StatusValue(answer.Headers["Cache-Status"]);
                    await transaction.CompleteAsync(Encoding.UTF8.GetBytes(answer.Content), answer.Tags);
                    return new(answer.Status, new([.. answer.Headers, new("Cache-Status", status)]), answer.Content, forwarded, IsServed: false);
                default:
                    return new(answer.Status, new([.. answer.Headers, new("Cache-Status", transaction.StatusValue(default))]), answer.Content, forwarded, IsServed: false);
            }
        }
    }

    /// <summary>Asserts that a request is answered out of the cache.</summary>
    public async Task<Reply> AssertServedAsync(string expected, CacheRequest request)
    {
        var reply = await SendAsync(request);
        Assert.True(reply.IsServed);
        Assert.Equal(expected, reply.Content);
        return reply;
    }

    public Task<Reply> AssertServedAsync(string expected, string request, params string[] lines) => AssertServedAsync(expected, Request(request, lines));

    /// <summary>Asserts that a request is forwarded; nothing is stored of it.</summary>
    public async Task AssertForwardedAsync(CacheRequest request)
    {
        using var transaction = await BeginAsync(request);
        Assert.True(transaction.Action is CacheAction.Forward or CacheAction.Validate, $"The request was to be forwarded, and not to {transaction.Action}.");
    }

    public Task AssertForwardedAsync(string request, params string[] lines) => AssertForwardedAsync(Request(request, lines));
}

/// <summary>What the origin answers.</summary>
internal sealed record OriginAnswer(int Status, string Content, params string[] Lines)
{
    public string[] Tags { get; init; } = [];

    public HeaderCollection Headers => Message.Headers(Lines);
}

/// <summary>What the client gets.</summary>
internal sealed record Reply(int Status, HeaderCollection Headers, string Content, int Forwarded, bool IsServed)
{
    public long? ContentLength { get; private init; }

    public string? this[string name] => Headers[name].ToString() is { Length: > 0 } value ? value : null;

    public static Reply Of(CachedAnswer answer, int forwarded) =>
        new(answer.Status, new(answer.Headers), Encoding.UTF8.GetString(answer.Content.Span), forwarded, IsServed: true) { ContentLength = answer.ContentLength };
}
