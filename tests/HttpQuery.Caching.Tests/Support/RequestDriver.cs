using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Rules;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>What the cache has decided.</summary>
public enum CacheAction
{
    Serve,
    Forward,
    Validate,
    Refuse,
}

/// <summary>What becomes of a response.</summary>
public enum CacheHead
{
    Pass,
    Capture,
    Serve,
    Resend,
}

/// <summary>An adapter without a wire: goes through the phases of a request one by one, and asserts that they come in their order.</summary>
internal sealed class RequestDriver : IDisposable
{
    private readonly CacheDecision _decision;
    private readonly List<string> _tags = [];
    private OriginExchange? _exchange;
    private ResponseCapture? _capture;
    private CachedMessage? _message;
    private Func<StringValues, StringValues> _status;
    private bool _isUserUnknown;
    private bool _hasReceived;
    private bool _isRefused;

    private RequestDriver(CacheDecision decision)
    {
        _decision = decision;
        _exchange = (decision as CacheDecision.Forward)?.Exchange;
        _message = (decision as CacheDecision.Serve)?.Message;
        _status = decision switch
        {
            CacheDecision.Serve serve => _ => serve.Message.CacheStatus,
            CacheDecision.Refuse refuse => _ => refuse.Status,
            _ => upstream => _exchange!.StatusLines(NeedsResponse ? null : 200, upstream),
        };
    }

    public static async Task<RequestDriver> BeginAsync(QueryCache cache, CacheRequest request, CancellationToken cancellationToken = default) =>
        new(await cache.LookUpAsync(request, cancellationToken));

    public CacheAction Action => _decision switch
    {
        CacheDecision.Serve => CacheAction.Serve,
        CacheDecision.Refuse => CacheAction.Refuse,
        _ => Conditions.IsEmpty ? CacheAction.Forward : CacheAction.Validate,
    };

    public ValidationConditions Conditions => _exchange?.Conditions ?? default;

    /// <summary>Why the response is not to be stored, as the adapter finds at its end.</summary>
    public StorageRefusal? FinalRefusal { get; set; }

    public bool IsSafe => _exchange!.IsSafe;

    public bool NeedsResponse => _exchange is { NeedsResponse: true };

    public bool ShouldRevalidate => Revalidation is not null;

    private BackgroundRevalidation? Revalidation => (_decision as CacheDecision.Serve)?.Revalidation;

    public bool TryBeginRevalidation() => Revalidation?.TryBegin() is true;

    public void EndRevalidation() => Revalidation!.End();

    /// <summary>Reports it to the exchange, or at the end of the response.</summary>
    public void ReportUnknownUser()
    {
        _isUserUnknown = true;
        _exchange?.ReportUnknownUser();
    }

    public async Task<CacheHead> ReceiveAsync(int status, IEnumerable<KeyValuePair<string, StringValues>> fields, bool isUnreached = false)
    {
        _hasReceived = true;
        var reaction = await _exchange!.ReceiveAsync(new(status, fields) { IsUnreached = isUnreached, Terms = () => new(null, _tags, () => new(FinalRefusal, _isUserUnknown)) });
        switch (reaction)
        {
            case ResponseAction.Serve serve:
                _message = serve.Message;
                _status = _ => serve.Message.CacheStatus;
                return CacheHead.Serve;
            case ResponseAction.Retry retry:
                (_exchange, _hasReceived) = (retry.Exchange, false);
                return CacheHead.Resend;
            case ResponseAction.RelayAndStore stored:
                _capture = stored.Capture;
                _status = stored.StatusLines;
                return CacheHead.Capture;
            default:
                _status = ((ResponseAction.Relay)reaction).StatusLines;
                return CacheHead.Pass;
        }
    }

    public async Task<bool> TryServeInsteadAsync()
    {
        if (_exchange is null || _hasReceived) return false;
        _message = await _exchange.FailAsync();
        if (_message is { } message) _status = _ => message.CacheStatus;
        return _message is not null;
    }

    public async Task CompleteAsync(ReadOnlyMemory<byte> content, params string[] tags)
    {
        if (_capture is null) return;
        _tags.AddRange(tags);
        if (!_isRefused) _capture.Append(content.Span);
        await _capture.StoreAsync();
    }

    /// <summary>Takes that the response is cut off.</summary>
    public void Abandon()
    {
        if (_capture is { } capture) capture.Abandon();
        else _exchange?.ReleaseFollowers();
    }

    public void Discard(StorageRefusal refusal)
    {
        _isRefused = true;
        _capture!.Refuse(refusal);
    }

    public ResponseCapture Capture() => _capture!;

    public void BeginClientWait() => _capture?.BeginClientWait();

    public void EndClientWait() => _capture?.EndClientWait();

    public Task InvalidateTargetAsync() => _exchange!.InvalidateTargetAsync().AsTask();

    public CachedAnswer Answer() => CachedAnswer.Of(_message ?? throw new InvalidOperationException("The request is not answered out of the cache."));

    public StringValues StatusValue(StringValues upstream) => _status(upstream);

    public void Dispose()
    {
        _exchange?.Dispose();
        _capture?.Dispose();
    }
}

/// <summary>A message that was served.</summary>
internal sealed record CachedAnswer(int Status, KeyValuePair<string, StringValues>[] Headers, ReadOnlyMemory<byte> Content, long? ContentLength)
{
    public static CachedAnswer Of(CachedMessage message) => new(message.Status, [.. message.Headers], message.Content, message.ContentLength);
}
