using HttpQuery.Caching.Diagnostics;

namespace HttpQuery.Caching;

/// <summary>One request on its way through a <see cref="QueryCache"/>.</summary>
/// <remarks>Where <see cref="Action"/> is to forward: <see cref="ReceiveAsync"/> when the fields of the response have come, or <see cref="TryServeInsteadAsync"/> where none came; where the first says so,
/// <see cref="CompleteAsync"/> or <see cref="Abandon"/> at the end of the content. Disposing it is always right, and lets those go on that wait. Not for several threads at once.</remarks>
public sealed partial class CacheTransaction : IDisposable
{
    private readonly QueryCache _cache;
    private readonly CacheRequest _request;
    private readonly RequestDirectives _directives;
    private CacheKeySet _keys;
    private CacheEpoch? _resourceEpoch;
    private CacheEpoch? _storeEpoch;
    private QueryCacheKey _storedKey;
    private CachedResponse? _stored;
    private bool _isOfAll;
    private QueryCacheKey? _variantKey;
    private Collapsing.Leader? _leader;
    private bool _mayStore;
    private DateTimeOffset _requestTime;
    private StoredResponse? _received;
    private ForwardReason _reason;
    private bool _isHit;
    private ConditionalAnswer _conditional;
    private bool? _isCollapsed;
    private bool _isUserUnknown;
    private int? _forwardStatus;
    private bool _isStored;
    private StorageRefusal? _refusal;
    private ReuseOutcome _reuse;
    private bool _isStandIn;
    private bool _isValidated;
    private bool _isFailed;
    private bool _isEnded;

    internal CacheTransaction(QueryCache cache, CacheRequest request) =>
        (_cache, _request, _directives) = (cache, request, RequestDirectives.Parse(request.Fields));

    /// <summary>What is to become of the request.</summary>
    public CacheAction Action { get; private set; } = CacheAction.Forward;

    /// <summary>Whether the request's method is known to be safe: its answer makes nothing unusable.</summary>
    public bool IsSafe => InvalidationRules.IsSafe(_request.Method);

    /// <summary>Conditions to forward, where <see cref="Action"/> is to validate.</summary>
    public ValidationConditions Conditions { get; private set; }

    /// <summary>Whether the cache has a use for the response: else the request can be forwarded without <see cref="ReceiveAsync"/>.</summary>
    public bool NeedsResponse => !IsSafe || _mayStore || _stored is not null;

    /// <summary>Whether what is served is stale, and should be asked for anew without letting the client wait (RFC 5861 §3).</summary>
    /// <remarks>Never for a request with <c>only-if-cached</c>: the origin is not to be asked for it.</remarks>
    public bool ShouldRevalidate => _isHit && _reuse is ReuseOutcome.ServeStaleAndRevalidate && !_directives.OnlyIfCached;

    /// <summary>Reports that the response may be for another user than the request was looked up for: authentication ran, or credentials were added, after the lookup.</summary>
    /// <remarks>From then on only a response that RFC 9111 §3.5 lets caches share is stored, for everyone; a 304 to the cache's own conditions leads to <see cref="CacheHead.Resend"/>,
    /// and nothing stale stands in. Call it at any time before <see cref="CompleteAsync"/>; it cannot be taken back.</remarks>
    public void ReportUnknownUser() => _isUserUnknown = true;

    /// <summary>Tells whether this request is the one to ask anew in the background: one at a time for what is stored. Then <see cref="EndRevalidation"/> is due.</summary>
    public bool TryBeginRevalidation() => ShouldRevalidate && _cache.Revalidating.TryAdd(_storedKey, true);

    /// <summary>Lets others ask anew.</summary>
    public void EndRevalidation() => _cache.Revalidating.TryRemove(_storedKey, out _);

    private static DateTimeOffset Now(QueryCache cache) => cache.Time.GetUtcNow();

    internal async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        _requestTime = Now(_cache);
        if (_request.Method is not ("GET" or "QUERY" or "HEAD"))
        {
            _reason = ForwardReason.Method;
            return;
        }
        if (_request.Content is not { } content || (_request.Method is not "QUERY" && !content.IsEmpty))
        {
            Bypass();
            return;
        }
        if (!await _cache.Store.IsTrustedAsync().ConfigureAwait(false))
        {
            _refusal = StorageRefusal.NoEpoch;
            Bypass();
            return;
        }

        _keys = CacheKeySet.Of(_cache.Options, _cache.Resources, _request);
        await LookUpAsync().ConfigureAwait(false);
        if (!IsForwardedToStore) return;

        await BeginEpochsAsync().ConfigureAwait(false);
        if (MayCollapse) await CollapseAsync(cancellationToken).ConfigureAwait(false);
        _requestTime = Now(_cache);
    }

    // What another answer could not stand for: parts, conditions, and requests that ask for more than what is fresh; and events, for which a client has to be there when they come.
    private bool MayCollapse =>
        _cache.Options.CollapseTimeout > TimeSpan.Zero && _directives == default && !_request.HasConditions && _request.Fields["Range"].Count == 0
        && !_request.Fields["Accept"].Any(line => line?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) is true);

    private bool IsForwardedToStore => Action is CacheAction.Forward or CacheAction.Validate && _mayStore;

    private void Bypass()
    {
        _reason = ForwardReason.Bypass;
        if (_directives.OnlyIfCached) Action = CacheAction.Refuse;
    }

    private async ValueTask LookUpAsync()
    {
        _mayStore = _request.IsStorable && !_directives.NoStore && (_request.Method is not "QUERY" || StorageRules.HasContentType(_request.Fields));
        _refusal = _mayStore || !_request.IsStorable ? null : StorageRefusal.OfRequest(_directives.NoStore);
        _resourceEpoch = await _cache.Store.GetEpochAsync(_keys.Resource).ConfigureAwait(false);
        _storeEpoch = await _cache.Store.GetEpochAsync(CacheKeySet.Store).ConfigureAwait(false);
        _reason = ForwardReason.UriMiss;
        if (_resourceEpoch is not null && _storeEpoch is not null)
        {
            await FindAsync(_keys.Primary).ConfigureAwait(false);
            if (_stored is null && IsOfUser)
            {
                await FindAsync(_keys.Shared).ConfigureAwait(false);
                _isOfAll = _stored is not null;
            }

            // A user, and a credential that the cache has not verified, get only what everyone may have (RFC 9111 §3.5).
            if ((_isOfAll || !IsOfUser) && !MayServeToThis()) (_stored, _isOfAll) = (null, false);
        }
        Decide();
    }

    // Where the user is known, the same request as anybody's has another key.
    private bool IsOfUser => !_request.User.IsEmpty;

    private bool MayServeToThis() =>
        _stored is not { } stored || !_cache.Options.Rules.IsShared || !(IsOfUser || HasUnverifiedCredential) || StorageRules.AllowsSharing(_cache.Options.Rules, stored.Response.Directives);

    private bool HasUnverifiedCredential => !IsOfUser && !_request.IsSharedAcrossUsers && StorageRules.HasCredential(_cache.Options.Rules, _request.Fields);

    private async ValueTask FindAsync(QueryCacheKey primary)
    {
        switch (await _cache.Store.GetAsync(primary).ConfigureAwait(false))
        {
            case CachedResponse response:
                if (IsCurrent(response)) (_stored, _storedKey) = (response, primary);
                break;
            case CacheVariants variants:
                _reason = ForwardReason.VaryMiss;
                _variantKey ??= VariantKey(_keys.Primary, variants.Lists[0]);
                foreach (var names in variants.Lists)
                {
                    var key = VariantKey(primary, names);
                    if (await _cache.Store.GetAsync(key).ConfigureAwait(false) is not CachedResponse variant || !IsCurrent(variant)) continue;
                    (_stored, _storedKey) = (variant, key);
                    return;
                }
                break;
        }
    }

    private bool IsCurrent(CachedResponse response) => response.IsOf(_resourceEpoch!, _storeEpoch!);

    // Never the primary key itself, which belongs to the list of variants then.
    private QueryCacheKey VariantKey(QueryCacheKey primary, FieldNames names) =>
        names.Count > 0 ? VaryRules.Key(primary, names, _request.Fields) : primary.Vary([KeyValuePair.Create<string, IEnumerable<string?>>("", [])]);

    private void Decide()
    {
        var now = Now(_cache);
        if (_stored is null)
        {
            Action = _directives.OnlyIfCached ? CacheAction.Refuse : CacheAction.Forward;
            return;
        }

        var decision = ReuseRules.Decide(_directives, _stored.Response, now);
        if (decision.Outcome is ReuseOutcome.Unsatisfiable)
        {
            Action = CacheAction.Refuse;
            return;
        }
        _conditional = ValidationRules.Answer(_request.Fields, _stored.Response, now);
        if (_conditional is ConditionalAnswer.Forward)
        {
            Action = _directives.OnlyIfCached ? CacheAction.Refuse : CacheAction.Forward;
            (_stored, _reason, _mayStore, _refusal) = (null, ForwardReason.Request, false, StorageRefusal.Conditional);
            return;
        }
        if (decision.IsServed)
        {
            (Action, _isHit) = (CacheAction.Serve, true);
            _reuse = decision.Outcome;
            return;
        }

        _reason = decision.Reason is ReuseReason.Stale or ReuseReason.StaleForbidden ? ForwardReason.Stale : ForwardReason.Request;
        Conditions = ValidationRules.Conditions(_stored.Response);
        Action = Conditions.IsEmpty || !_mayStore || _request.Method is "HEAD" ? CacheAction.Forward : CacheAction.Validate;
    }

    // Before the request goes out: an epoch that begins later than the answer was made would make the answer younger than it is.
    private async ValueTask BeginEpochsAsync()
    {
        _resourceEpoch ??= await _cache.Store.GetOrBeginEpochAsync(_keys.Resource).ConfigureAwait(false);
        _storeEpoch ??= await _cache.Store.GetOrBeginEpochAsync(CacheKeySet.Store).ConfigureAwait(false);
        if (_resourceEpoch is null || _storeEpoch is null) (_mayStore, _refusal) = (false, StorageRefusal.NoEpoch);
    }

    // Those that ask the same wait for one of them: for a URI that is known to vary, those that ask for the same variant.
    private async ValueTask CollapseAsync(CancellationToken cancellationToken)
    {
        var start = _cache.Time.GetTimestamp();
        QueryCacheKey? awaited = null;
        while (_leader is null && IsForwardedToStore)
        {
            // What came was of no use here. It is not waited for again.
            var key = _variantKey ?? _keys.Primary;
            if (key == awaited) return;
            _cache.Collapsing.Join(key, _resourceEpoch!, out _leader, out var follower);
            if (follower is null) return;

            var (left, reason) = (_cache.Options.CollapseTimeout - _cache.Time.GetElapsedTime(start), _reason);
            var (end, leader) = await follower.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _cache.Time, cancellationToken).ConfigureAwait(false);
            (awaited, _leader, _isCollapsed) = (key, leader, false);
            if (end is Collapsing.End.TimedOut)
            {
                _cache.Collapsing.GiveUp(key, _resourceEpoch!);
                return;
            }

            (_stored, _isOfAll) = (null, false);
            await LookUpAsync().ConfigureAwait(false);
            if (Action is CacheAction.Serve)
            {
                (_isCollapsed, _reason) = (true, reason);
                Release(Collapsing.End.Stored);
            }
            else if (IsForwardedToStore)
            {
                await BeginEpochsAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the transaction: those that wait for its answer go on.</summary>
    public void Dispose()
    {
        Abandon();
        End();
    }
}
