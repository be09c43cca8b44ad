using HttpQuery.CacheKeys;
using HttpQuery.CachePolicies;
using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Status;
using HttpQuery.Endpoints;
using HttpQuery.Equivalents;
using HttpQuery.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.SharedCache;

/// <summary>The response as code behind the cache sees it. It passes through, is captured on its way, or is dropped because another
/// response is sent instead.</summary>
/// <remarks>The headers decide this when the first byte is written, or at the end. Start callbacks that were registered behind the
/// cache run then. Those from before the cache do not, so the cookies and CORS headers that they add are not stored.</remarks>
internal sealed class ForwardedResponseFeature : IHttpResponseFeature, IHttpRequestLifetimeFeature, IHttpResetFeature, IDisposable
{
    private readonly HttpContext _context;
    private readonly OriginExchange _exchange;
    private readonly QueryCachePolicy _policy;
    private readonly RequestChangeDetector _changes;
    private readonly QueryNormalizations _normalizations;
    private readonly TimeProvider _time;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _body;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly IHttpResetFeature? _reset;
    private readonly HeaderDictionary _before;
    private readonly List<(Func<object, Task> Callback, object State)> _onStarting = [];
    private ResponseAction? _reaction;
    private bool _isAborted;
    private bool _haveInputsChanged;
    private bool _isUserUnknown;
    private bool _isCancelled;
    private int _droppedStatus;
    private string? _droppedReason;
    private HeaderDictionary? _droppedHeaders;

    public ForwardedResponseFeature(
        HttpContext context, OriginExchange exchange, QueryCachePolicy policy, RequestChangeDetector changes,
        QueryNormalizations normalizations, TimeProvider time)
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

    /// <summary>The decision about the response; <see langword="null"/> until its headers have arrived.</summary>
    public ResponseAction? Reaction => _reaction;

    /// <summary>Whether another response is sent instead.</summary>
    public bool IsDropped => _reaction is ResponseAction.Serve or ResponseAction.Retry;

    /// <summary>Whether the response passes through and nothing of it is captured.</summary>
    public bool IsRelayed => _reaction is ResponseAction.Relay;

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

#pragma warning disable CS0618, CS0672 // The interface requires this obsolete member.
    [Obsolete("Use IHttpResponseBodyFeature.Stream.")]
    public Stream Body { get => _context.Response.Body; set => throw new NotSupportedException(); }
#pragma warning restore CS0618, CS0672

    public bool HasStarted => _reaction is not null || _response.HasStarted;

    public CancellationToken RequestAborted
    {
        get => _lifetime?.RequestAborted ?? default;
        set
        {
            // Remember a time limit that expired before it is removed.
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
        // The client does not notice when a dropped response breaks off.
        if (IsDropped) return;
        AbandonCapture();
        _lifetime?.Abort();
    }

    public void Reset(int errorCode)
    {
        if (IsDropped) return;
        AbandonCapture();
        _reset?.Reset(errorCode);
    }

    /// <summary>Decides how to treat the response, unless that is already decided.</summary>
    /// <param name="hasContent">Whether the response has content, as far as is known.</param>
    public ValueTask StartAsync(bool hasContent) => _reaction is null ? DecideAsync(hasContent) : default;

    /// <summary>Decides how to treat a response that starts before it has content. A 304 to the cache's own conditions waits for
    /// the end, because the endpoint may still ask for the user.</summary>
    public ValueTask StartWithoutContentAsync() =>
        !_exchange.Conditions.IsEmpty && _response.StatusCode is StatusCodes.Status304NotModified ? default : StartAsync(hasContent: false);

    /// <summary>Whether the response still waits for the decision.</summary>
    public bool IsWaiting => _reaction is null;

    /// <summary>Captures bytes before they are sent. If they complete the response, it is stored before they are sent.</summary>
    public ValueTask KeepAsync(ReadOnlySpan<byte> bytes)
    {
        if (Capture is not { } capture) return default;
        capture.Append(bytes);
        return capture.IsWhole ? StoreAsync() : default;
    }

    /// <summary>Discards the captured body, because the response is incomplete.</summary>
    public void AbandonCapture()
    {
        _isAborted = true;
        if (Capture is { } capture) capture.Abandon();
        else if (_reaction is null) _exchange.ReleaseFollowers();
    }

    /// <summary>Waits until the client has taken the written bytes. Requests that wait for this one need not wait for its client.</summary>
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

    /// <summary>Stores the captured body, after all of it has been written.</summary>
    public async ValueTask StoreAsync()
    {
        if (Capture is not { IsOver: false } capture) return;

        // A cancelled handler may have stopped early without an error, so the body may be incomplete.
        if (!capture.IsWhole && (_isCancelled || RequestAborted.IsCancellationRequested)) AbandonCapture();
        else await capture.StoreAsync();
    }

    /// <summary>Reports that no response came, and tells whether the request is answered anyway.</summary>
    public async ValueTask<bool> TryServeStoredAsync(int status)
    {
        if (_reaction is not null) return IsDropped;
        CheckUser();
        if (!_exchange.IsSafe || await _exchange.ReceiveAsync(new(status, HeaderCollection.Empty)) is not ResponseAction.Serve serve)
            return false;
        Drop(serve);
        return true;
    }

    /// <summary>Restores the response from before the cache. If it has not started, it keeps the callbacks for its start.</summary>
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

    private ResponseCapture? Capture => (_reaction as ResponseAction.RelayAndStore)?.Capture;

    private async ValueTask DecideAsync(bool hasContent)
    {
        // Run the newest callback first, as servers do.
        while (_onStarting.Count > 0)
        {
            var (callback, state) = _onStarting[^1];
            _onStarting.RemoveAt(_onStarting.Count - 1);
            await callback(state);
        }

        // A callback has written to the body, and so the response is decided.
        if (_reaction is not null) return;

        CheckUser();

        // The stored response has its own Vary, and a 304 changes only the stored headers that it contains.
        if (!_response.HasStarted && (_exchange.Conditions.IsEmpty || _response.StatusCode is not 304))
        {
            foreach (var name in _policy.VaryBy) VaryHeader.Add(_response.Headers, name);
        }

        // A forwarder that did not reach the origin writes no body.
        var isUnreached = _response.StatusCode is 502 or 504 && !hasContent;
        var reaction = await _exchange.ReceiveAsync(
            new(_response.StatusCode, ReceivedHeaders()) { IsUnreached = isUnreached, Terms = GetTerms });
        switch (reaction)
        {
            case ResponseAction.Serve or ResponseAction.Retry:
                Drop(reaction);
                break;
            case ResponseAction.RelayAndStore stored:
                _reaction = stored;
                if (!_response.HasStarted)
                    CachedResponseWriter.SetStatus(_response.Headers, stored.StatusLines(_response.Headers[CacheStatus.HeaderName]));
                break;
            case ResponseAction.Relay relayed:
                _reaction = relayed;
                if (!_response.HasStarted)
                    CachedResponseWriter.SetStatus(_response.Headers, relayed.StatusLines(_response.Headers[CacheStatus.HeaderName]));
                break;
        }
    }

    // Headers from before the cache belong to this request. On a hit, a removed one would return, and an extended one would be another's.
    private StorageTerms GetTerms()
    {
        var refusal = _isAborted
            ? StorageRefusal.CutOff
            : FindStorageRefusal() ?? (_before.Any(header => IsLost(header.Key, header.Value)) ? StorageRefusal.Header : null);
        if (refusal is not null || GetTags() is not { } tags) return new(refusal ?? StorageRefusal.Tags, []);
        return new(null, tags, () =>
        {
            CheckUser();
            return new(FindStorageRefusal(), _isUserUnknown);
        });
    }

    private StorageRefusal? FindStorageRefusal()
    {
        if (_haveInputsChanged) return StorageRefusal.Changed;
        if (_context.Features.Get<CacheFeature>() is { IsStorageDisabled: true }) return StorageRefusal.Application;

        // Content that can be read again shows its exact spelling, which the normalized key may ignore.
        return _normalizations is not QueryNormalizations.None && EndpointNormalizations.Get(_context) != _normalizations
            ? StorageRefusal.Changed
            : null;
    }

    // A response whose tags are unknown could not be evicted.
    private string[]? GetTags()
    {
        try
        {
            var tags = _policy.GetTags(_context);
            return tags.Any(string.IsNullOrEmpty) ? null : tags;
        }
        catch (Exception exception)
        {
            CacheLog.TagsFailed(_context.RequestServices.GetRequiredService<CacheWarnings>().Logger, exception);
            return null;
        }
    }

    // The user is final only when the response ends: authentication may run behind the cache, even after the first byte.
    private void CheckUser()
    {
        if (!_exchange.IsSafe) return;
        _haveInputsChanged |= _changes.HaveInputsChanged();
        _isUserUnknown |= _haveInputsChanged || _changes.IsUserUnknown();
        if (_isUserUnknown) _exchange.ReportUnknownUser();
    }

    private void Drop(ResponseAction reaction)
    {
        (_reaction, _droppedStatus) = (reaction, _response.StatusCode);
        _droppedHeaders = new(_response.Headers.ToDictionary());
        _response.StatusCode = StatusCodes.Status200OK;
        _response.ReasonPhrase = null;
        _response.Headers.Clear();
        foreach (var (name, lines) in _before) _response.Headers[name] = lines;
    }

    // Headers from before the cache belong to this request and are left out, except those that say how the response may be used.
    private List<KeyValuePair<string, StringValues>> ReceivedHeaders()
    {
        var headers = new List<KeyValuePair<string, StringValues>>(_response.Headers.Count + 1);
        var isResultPersonal = _context.Features.Get<PersonalResult>() is not null;
        foreach (var (name, lines) in _response.Headers)
        {
            var own = lines;

            // The result of one user is of no use to another who shares the response.
            if (isResultPersonal && name.Equals("Content-Location", StringComparison.OrdinalIgnoreCase)) continue;
            if (_before.TryGetValue(name, out var before) && !IsRule(name))
            {
                if (lines.Equals(before)) continue;
                if (name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) own = lines.Except(before).ToArray();
            }
            headers.Add(new(name, own));
        }
        if (!_response.Headers.ContainsKey("Date")) headers.Add(new("Date", HttpDate.Format(_time.GetUtcNow())));
        return headers;
    }

    private bool IsLost(string name, StringValues before) =>
        !_response.Headers.TryGetValue(name, out var lines)
        || (!lines.Equals(before) && !IsRule(name) && !name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)
            && lines.ToString().Contains(before.ToString(), StringComparison.Ordinal));

    private static bool IsRule(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.ToUpperInvariant() is "CACHE-CONTROL" or "CDN-CACHE-CONTROL" or "VARY" or "EXPIRES"
            or "DATE" or "AGE" or "ETAG" or "LAST-MODIFIED";
}
