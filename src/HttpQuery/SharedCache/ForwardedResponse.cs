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
    private readonly CacheTransaction _transaction;
    private readonly QueryCachePolicy _policy;
    private readonly RequestChanges _changes;
    private readonly QueryNormalizations _normalizations;
    private readonly TimeProvider _time;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _body;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly IHttpResetFeature? _reset;
    private readonly ForwardedBody _forwardedBody;
    private readonly HeaderDictionary _before;
    private readonly List<(Func<object, Task> Callback, object State)> _onStarting = [];
    private ResponseCapture? _captured;
    private string[] _tags = [];
    private CacheHead? _head;
    private bool _isAborted;
    private bool _isOfOtherKey;
    private bool _isCancelled;
    private int _droppedStatus;
    private string? _droppedReason;
    private HeaderDictionary? _droppedHeaders;

    public ForwardedResponse(HttpContext context, CacheTransaction transaction, QueryCachePolicy policy, RequestChanges changes, QueryNormalizations normalizations, TimeProvider time)
    {
        _normalizations = normalizations;
        (_context, _transaction, _policy, _changes, _time) = (context, transaction, policy, changes, time);
        var features = context.Features;
        (_response, _body) = (features.GetRequiredFeature<IHttpResponseFeature>(), features.GetRequiredFeature<IHttpResponseBodyFeature>());
        (_lifetime, _reset) = (features.Get<IHttpRequestLifetimeFeature>(), features.Get<IHttpResetFeature>());
        _before = [];
        foreach (var (name, lines) in _response.Headers) _before[name] = lines;

        _forwardedBody = new(this, _body);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(_forwardedBody);
        features.Set<IHttpRequestLifetimeFeature>(this);
        if (_reset is not null) features.Set<IHttpResetFeature>(this);
    }

    /// <summary>What is to become of the response; <see langword="null"/> while its fields have not come.</summary>
    public CacheHead? Head => _head;

    public bool IsDropped => _head is CacheHead.Serve or CacheHead.Resend;

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
    public Stream Body { get => ((IHttpResponseBodyFeature)_forwardedBody).Stream; set => throw new NotSupportedException(); }
#pragma warning restore CS0618, CS0672

    public bool HasStarted => _head is not null || _response.HasStarted;

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
        if (_head is not null) throw new InvalidOperationException("The response has started.");
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
    public ValueTask StartAsync() => _head is null ? DecideAsync() : default;

    /// <summary>Decides when the response is to start before it has content. A 304 to the cache's own conditions waits for its end: until then the endpoint may ask who the user is.</summary>
    public ValueTask StartWithoutContentAsync() => _transaction.Action is CacheAction.Validate && _response.StatusCode is StatusCodes.Status304NotModified ? default : StartAsync();

    /// <summary>Whether the response waits for its end.</summary>
    public bool IsWaiting => _head is null;

    /// <summary>Keeps octets that are about to be sent; the last ones are stored before.</summary>
    public ValueTask KeepAsync(ReadOnlySpan<byte> octets)
    {
        if (_captured is not { } captured) return default;
        if (!captured.TryAppend(octets))
        {
            Discard(captured.HasGivenWay ? StorageRefusal.GaveWay : StorageRefusal.TooLong);
            return default;
        }
        return captured.IsWhole ? StoreAsync() : default;
    }

    /// <summary>Discards what was captured, because the response is incomplete.</summary>
    public void BreakOff()
    {
        _isAborted = true;
        DropCapture();
        _transaction.Abandon();
    }

    // The response is this request's alone.
    private void Discard(StorageRefusal refusal)
    {
        DropCapture();
        _transaction.Discard(refusal);
    }

    private void DropCapture()
    {
        _captured?.Dispose();
        _captured = null;
    }

    /// <summary>Waits for the client to take what is written. Requests that wait for this one need not wait for its client.</summary>
    public async ValueTask SendAsync(ValueTask writing)
    {
        if (writing.IsCompleted || _captured is null)
        {
            await writing;
            return;
        }
        _transaction.BeginClientWait();
        try
        {
            await writing;
        }
        finally
        {
            _transaction.EndClientWait();
        }
    }

    /// <summary>Stores what has been captured: all of it has been written.</summary>
    public async ValueTask StoreAsync()
    {
        if (_captured is not { } captured) return;
        if (!captured.IsWhole && (_isCancelled || RequestAborted.IsCancellationRequested))
        {
            // Whoever was told to stop may have stopped early, and nobody would know.
            BreakOff();
            return;
        }
        CheckUser();
        if (RefusalOfStorage() is { } refusal)
        {
            Discard(refusal);
            return;
        }
        _captured = null;
        await _transaction.CompleteCaptureAsync(captured, _tags);
    }

    /// <summary>Takes that those behind the cache have returned.</summary>
    public async ValueTask CompleteAsync()
    {
        await _forwardedBody.FinishAsync();
        await StartAsync();
        await StoreAsync();
    }

    /// <summary>Takes that nobody answered, and tells whether the request is answered all the same.</summary>
    public async ValueTask<bool> TryServeInsteadAsync(int status)
    {
        if (_head is not null) return IsDropped;
        CheckUser();
        if (!_transaction.IsSafe || await _transaction.ReceiveAsync(status, StoredFields.Empty) is not CacheHead.Serve) return false;
        Drop(CacheHead.Serve);
        return true;
    }

    /// <summary>Gives the response back as it was before the cache; callbacks for the start of a response that did not start stay.</summary>
    public void Dispose()
    {
        var features = _context.Features;
        features.Set(_response);
        features.Set(_body);
        features.Set(_lifetime);
        DropCapture();
        if (_reset is not null) features.Set(_reset);
        if (_head is not null || _response.HasStarted) return;
        foreach (var (callback, state) in _onStarting) _response.OnStarting(callback, state);
    }

    private async ValueTask DecideAsync()
    {
        // Newest first, as servers do.
        while (_onStarting.Count > 0)
        {
            var (callback, state) = _onStarting[^1];
            _onStarting.RemoveAt(_onStarting.Count - 1);
            await callback(state);
        }

        // One of them has written.
        if (_head is not null) return;

        CheckUser();

        // A forwarder that reached nobody writes nothing.
        if (_response.StatusCode is 502 or 504 && _forwardedBody.IsUnwritten && _transaction.IsSafe && await _transaction.TryServeInsteadAsync())
        {
            Drop(CacheHead.Serve);
            return;
        }

        // What is validated has its Vary, and a 304 changes of it only what it states.
        if (!_response.HasStarted && (_transaction.Action is not CacheAction.Validate || _response.StatusCode is not 304))
        {
            foreach (var name in _policy.VaryBy) VaryField.Add(_response.Headers, name);
        }
        var head = await _transaction.ReceiveAsync(_response.StatusCode, Fields());
        if (head is CacheHead.Serve or CacheHead.Resend)
        {
            Drop(head);
            return;
        }

        // What was there before belongs to this request: taken away it would be there again, added to it would be another's.
        if (head is CacheHead.Capture)
        {
            var refusal = _isAborted ? StorageRefusal.CutOff : RefusalOfStorage() ?? (_before.Any(header => IsLost(header.Key, header.Value)) ? StorageRefusal.Header : null);
            if (refusal is null && TagsOf() is { } tags)
            {
                _tags = tags;
                _captured = _transaction.Capture();
            }
            else
            {
                Discard(refusal ?? StorageRefusal.Tags);
                head = CacheHead.Pass;
            }
        }
        _head = head;
        if (!_response.HasStarted) CacheAnswer.AddStatus(_response.Headers, _transaction);
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
        if (!_transaction.IsSafe) return;
        _isOfOtherKey |= _changes.AreInputsOther();
        if (_isOfOtherKey || _changes.IsUserUnknown()) _transaction.ReportUnknownUser();
    }

    private void Drop(CacheHead head)
    {
        (_head, _droppedStatus) = (head, _response.StatusCode);
        _droppedHeaders = new(_response.Headers.ToDictionary());
        _response.StatusCode = StatusCodes.Status200OK;
        _response.ReasonPhrase = null;
        _response.Headers.Clear();
        foreach (var (name, lines) in _before) _response.Headers[name] = lines;
    }

    // What was there before belongs to this request; but for what says how the response may be used.
    private List<KeyValuePair<string, StringValues>> Fields()
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
