using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Endpoints;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.SharedCache;

/// <summary>The response as those behind the cache meet it: it passes through, is kept on its way, or is dropped because another one is sent in its place.</summary>
/// <remarks>Which of these, its fields decide: when the first octet is written, or at the end. Callbacks for its start that were registered behind the cache run then, and not those from before
/// it: cookies and CORS fields that are added there are not of what is stored.</remarks>
internal sealed class ForwardedResponse : IHttpResponseFeature, IHttpRequestLifetimeFeature, IHttpResetFeature, IDisposable
{
    private readonly HttpContext _context;
    private readonly OriginExchange _exchange;
    private readonly QueryCachePolicy _policy;
    private readonly RequestChanges _changes;
    private readonly QueryNormalizations _normalizations;
    private readonly TimeProvider _time;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _body;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly IHttpResetFeature? _reset;
    private readonly HeaderDictionary _before;
    private readonly List<(Func<object, Task> Callback, object State)> _onStarting = [];
    private OriginReaction? _reaction;
    private bool _isAborted;
    private bool _isOfOtherKey;
    private bool _isUserUnknown;
    private bool _isCancelled;
    private int _droppedStatus;
    private string? _droppedReason;
    private HeaderDictionary? _droppedHeaders;

    public ForwardedResponse(HttpContext context, OriginExchange exchange, QueryCachePolicy policy, RequestChanges changes, QueryNormalizations normalizations, TimeProvider time)
    {
        _normalizations = normalizations;
        (_context, _exchange, _policy, _changes, _time) = (context, exchange, policy, changes, time);
        var features = context.Features;
        (_response, _body) = (features.GetRequiredFeature<IHttpResponseFeature>(), features.GetRequiredFeature<IHttpResponseBodyFeature>());
        (_lifetime, _reset) = (features.Get<IHttpRequestLifetimeFeature>(), features.Get<IHttpResetFeature>());
        _before = [];
        foreach (var (name, lines) in _response.Headers) _before[name] = lines;

        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(this);
        if (_reset is not null) features.Set<IHttpResetFeature>(this);
    }

    /// <summary>What is to become of the response; <see langword="null"/> while its fields have not come.</summary>
    public OriginReaction? Reaction => _reaction;

    /// <summary>Whether another response is sent in its place.</summary>
    public bool IsDropped => _reaction is OriginReaction.Serve or OriginReaction.Retry;

    /// <summary>Whether the response passes, and nothing of it is kept.</summary>
    public bool IsRelayed => _reaction is OriginReaction.Relay;

    public int StatusCode
    {
        get => IsDropped ? _droppedStatus : _response.StatusCode;
        set
        {
            if (IsDropped) _droppedStatus = value;
            else _response.StatusCode = value;
        }
    }

    public string? ReasonPhrase
    {
        get => IsDropped ? _droppedReason : _response.ReasonPhrase;
        set
        {
            if (IsDropped) _droppedReason = value;
            else _response.ReasonPhrase = value;
        }
    }

    public IHeaderDictionary Headers
    {
        get => IsDropped ? _droppedHeaders ??= [] : _response.Headers;
        set
        {
            if (IsDropped) _droppedHeaders = new(value.ToDictionary());
            else _response.Headers = value;
        }
    }

#pragma warning disable CS0618, CS0672 // The interface has it, and nobody is to use it.
    [Obsolete("Use IHttpResponseBodyFeature.Stream.")]
    public Stream Body { get => _context.Response.Body; set => throw new NotSupportedException(); }
#pragma warning restore CS0618, CS0672

    public bool HasStarted => _reaction is not null || _response.HasStarted;

    public CancellationToken RequestAborted
    {
        get => _lifetime?.RequestAborted ?? default;
        set
        {
            // A time limit may have run out, and is taken back.
            _isCancelled |= RequestAborted.IsCancellationRequested;
            if (_lifetime is not null) _lifetime.RequestAborted = value;
        }
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
        if (_reaction is not null) throw new InvalidOperationException("The response has started.");
        _onStarting.Add((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _response.OnCompleted(callback, state);

    public void Abort()
    {
        // What breaks off and is dropped anyway concerns no client.
        if (IsDropped) return;
        BreakOff();
        _lifetime?.Abort();
    }

    public void Reset(int errorCode)
    {
        if (IsDropped) return;
        BreakOff();
        _reset?.Reset(errorCode);
    }

    /// <summary>Decides what becomes of the response, unless that is decided.</summary>
    /// <param name="hasContent">Whether it has content, as far as is known.</param>
    public ValueTask StartAsync(bool hasContent) => _reaction is null ? DecideAsync(hasContent) : default;

    /// <summary>Decides when the response is to start before it has content. A 304 to the cache's own conditions waits for its end: until then the endpoint may ask who the user is.</summary>
    public ValueTask StartWithoutContentAsync() => !_exchange.Conditions.IsEmpty && _response.StatusCode is StatusCodes.Status304NotModified ? default : StartAsync(hasContent: false);

    /// <summary>Whether the response waits for its end.</summary>
    public bool IsWaiting => _reaction is null;

    /// <summary>Keeps bytes that are about to be sent; the last ones are stored before.</summary>
    public ValueTask KeepAsync(ReadOnlySpan<byte> bytes)
    {
        if (Capture is not { } capture) return default;
        capture.Append(bytes);
        return capture.IsWhole ? StoreAsync() : default;
    }

    /// <summary>Stores nothing, because the response is incomplete.</summary>
    public void BreakOff()
    {
        _isAborted = true;
        if (Capture is { } capture) capture.Abandon();
        else if (_reaction is null) _exchange.ReleaseFollowers();
    }

    /// <summary>Waits for the client to take what is written. Requests that wait for this one need not wait for its client.</summary>
    public async ValueTask SendAsync(ValueTask writing)
    {
        if (writing.IsCompleted || Capture is not { } capture)
        {
            await writing;
            return;
        }
        capture.BeginClientWait();
        try
        {
            await writing;
        }
        finally
        {
            capture.EndClientWait();
        }
    }

    /// <summary>Stores what has been captured: all of it has been written.</summary>
    public async ValueTask StoreAsync()
    {
        if (Capture is not { IsOver: false } capture) return;

        // Whoever was told to stop may have stopped early, and nobody would know.
        if (!capture.IsWhole && (_isCancelled || RequestAborted.IsCancellationRequested)) BreakOff();
        else await capture.StoreAsync();
    }

    /// <summary>Takes that nobody answered, and tells whether the request is answered all the same.</summary>
    public async ValueTask<bool> TryServeInsteadAsync(int status)
    {
        if (_reaction is not null) return IsDropped;
        CheckUser();
        if (!_exchange.IsSafe || await _exchange.ReceiveAsync(new(status, StoredFields.Empty)) is not OriginReaction.Serve serve) return false;
        Drop(serve);
        return true;
    }

    /// <summary>Gives the response back as it was before the cache; callbacks for the start of a response that did not start stay.</summary>
    public void Dispose()
    {
        var features = _context.Features;
        features.Set(_response);
        features.Set(_body);
        features.Set(_lifetime);
        Capture?.Dispose();
        if (_reset is not null) features.Set(_reset);
        if (_reaction is not null || _response.HasStarted) return;
        foreach (var (callback, state) in _onStarting) _response.OnStarting(callback, state);
    }

    private ResponseCapture? Capture => (_reaction as OriginReaction.RelayAndStore)?.Capture;

    private async ValueTask DecideAsync(bool hasContent)
    {
        // Newest first, as servers do.
        while (_onStarting.Count > 0)
        {
            var (callback, state) = _onStarting[^1];
            _onStarting.RemoveAt(_onStarting.Count - 1);
            await callback(state);
        }

        // One of them has written.
        if (_reaction is not null) return;

        CheckUser();

        // What is validated has its Vary, and a 304 changes of it only what it states.
        if (!_response.HasStarted && (_exchange.Conditions.IsEmpty || _response.StatusCode is not 304))
        {
            foreach (var name in _policy.VaryBy) VaryField.Add(_response.Headers, name);
        }

        // A forwarder that reached nobody writes nothing.
        var isUnreached = _response.StatusCode is 502 or 504 && !hasContent;
        var reaction = await _exchange.ReceiveAsync(new(_response.StatusCode, ReceivedHeaders()) { IsUnreached = isUnreached, Terms = TermsOf });
        switch (reaction)
        {
            case OriginReaction.Serve or OriginReaction.Retry:
                Drop(reaction);
                break;
            case OriginReaction.RelayAndStore stored:
                _reaction = stored;
                if (!_response.HasStarted) CacheAnswer.SetStatus(_response.Headers, stored.StatusLines(_response.Headers[CacheStatus.FieldName]));
                break;
            case OriginReaction.Relay relayed:
                _reaction = relayed;
                if (!_response.HasStarted) CacheAnswer.SetStatus(_response.Headers, relayed.StatusLines(_response.Headers[CacheStatus.FieldName]));
                break;
        }
    }

    // What was there before belongs to this request: taken away it would be there again, added to it would be another's.
    private StorageTerms TermsOf()
    {
        var refusal = _isAborted ? StorageRefusal.CutOff : RefusalOfStorage() ?? (_before.Any(header => IsLost(header.Key, header.Value)) ? StorageRefusal.Header : null);
        if (refusal is not null || TagsOf() is not { } tags) return new(refusal ?? StorageRefusal.Tags, []);
        return new(null, tags, () =>
        {
            CheckUser();
            return new(RefusalOfStorage(), _isUserUnknown);
        });
    }

    private StorageRefusal? RefusalOfStorage()
    {
        if (_isOfOtherKey) return StorageRefusal.Changed;
        if (_context.Features.Get<CachePlace>() is { IsStorageDisabled: true }) return StorageRefusal.Application;

        // Content that can be read again shows how it was spelled, which the key may have left out.
        return _normalizations is not QueryNormalizations.None && EndpointNormalizations.Of(_context) != _normalizations ? StorageRefusal.Changed : null;
    }

    // What cannot be tagged could not be evicted.
    private string[]? TagsOf()
    {
        try
        {
            var tags = _policy.TagsOf(_context);
            return tags.Any(string.IsNullOrEmpty) ? null : tags;
        }
        catch (Exception exception)
        {
            CacheLog.TagsFailed(_context.RequestServices.GetRequiredService<CacheWarnings>().Logger, exception);
            return null;
        }
    }

    // Who asked is settled when the response ends: authentication may run behind the cache, even after the first byte.
    private void CheckUser()
    {
        if (!_exchange.IsSafe) return;
        _isOfOtherKey |= _changes.AreInputsOther();
        _isUserUnknown |= _isOfOtherKey || _changes.IsUserUnknown();
        if (_isUserUnknown) _exchange.ReportUnknownUser();
    }

    private void Drop(OriginReaction reaction)
    {
        (_reaction, _droppedStatus) = (reaction, _response.StatusCode);
        _droppedHeaders = new(_response.Headers.ToDictionary());
        _response.StatusCode = StatusCodes.Status200OK;
        _response.ReasonPhrase = null;
        _response.Headers.Clear();
        foreach (var (name, lines) in _before) _response.Headers[name] = lines;
    }

    // What was there before belongs to this request; but for what says how the response may be used.
    private List<KeyValuePair<string, StringValues>> ReceivedHeaders()
    {
        var fields = new List<KeyValuePair<string, StringValues>>(_response.Headers.Count + 1);
        foreach (var (name, lines) in _response.Headers)
        {
            var own = lines;
            if (_before.TryGetValue(name, out var before) && !IsRule(name))
            {
                if (lines.Equals(before)) continue;
                if (name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) own = lines.Except(before).ToArray();
            }
            fields.Add(new(name, own));
        }
        if (!_response.Headers.ContainsKey("Date")) fields.Add(new("Date", HttpDate.Format(_time.GetUtcNow())));
        return fields;
    }

    private bool IsLost(string name, StringValues before) =>
        !_response.Headers.TryGetValue(name, out var lines)
        || (!lines.Equals(before) && !IsRule(name) && !name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) && lines.ToString().Contains(before.ToString(), StringComparison.Ordinal));

    private static bool IsRule(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.ToUpperInvariant() is "CACHE-CONTROL" or "CDN-CACHE-CONTROL" or "VARY" or "EXPIRES" or "DATE" or "AGE" or "ETAG" or "LAST-MODIFIED";
}
