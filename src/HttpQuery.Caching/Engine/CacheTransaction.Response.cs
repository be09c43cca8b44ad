using System.Globalization;
using HttpQuery.Caching.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

// What comes back from the origin.
public sealed partial class CacheTransaction
{
    /// <summary>Takes the head of the response. What an unsafe request makes unusable is so when this returns: await it before the first octet of the answer goes out.</summary>
    /// <param name="status">The status code, no interim one.</param>
    /// <param name="fields">The fields as they came.</param>
    public async ValueTask<CacheHead> ReceiveAsync(int status, IEnumerable<KeyValuePair<string, StringValues>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var head = await DecideAsync(status, fields as StoredFields ?? new StoredFields(fields)).ConfigureAwait(false);

        // An adapter may still find a reason not to store what is to be captured.
        if (head is not (CacheHead.Resend or CacheHead.Capture)) End();
        return head;
    }

    private async ValueTask<CacheHead> DecideAsync(int status, StoredFields received)
    {
        _forwardStatus = status;
        if (!InvalidationRules.IsSafe(_request.Method))
        {
            await InvalidateAsync(status, received).ConfigureAwait(false);
            return CacheHead.Pass;
        }

        var now = Now(_cache);
        if (Action is CacheAction.Validate && status == 304) return await FreshenAsync(received, now).ConfigureAwait(false);
        if (ReuseRules.IsError(status) && await MayServeInsteadAsync(OriginFailure.Error).ConfigureAwait(false))
        {
            _isStandIn = true;
            Release(Collapsing.End.NotShared);
            return CacheHead.Serve;
        }
        if (_request.Method is "HEAD" && status == 200) await CompareAsync(received).ConfigureAwait(false);

        // The request has its answer, which is not the one stored.
        _stored = null;
        var refusal = _mayStore ? RefusalOf(status, received, now) : null;
        if (!_mayStore || refusal is not null)
        {
            if (refusal is not null) Refuse(refusal);
            Release(Collapsing.End.NotShared);
            return CacheHead.Pass;
        }

        _received = new(RulesOf(_request), status, StorageRules.SelectFields(received, _cache.Options.Rules.Mode), _requestTime, now);
        if ((LengthOf(_received) ?? 0) > MaximumLength(_received))
        {
            Discard(StorageRefusal.TooLong);
            return CacheHead.Pass;
        }
        return CacheHead.Capture;
    }

    /// <summary>Invalidates everything stored for the target of an unsafe request whose response is not known, for example because its handler threw an exception.</summary>
    public async ValueTask InvalidateTargetAsync() => await _cache.Store.InvalidateAsync(CacheKeySet.ResourceOf(_request)).ConfigureAwait(false);

    /// <summary>Takes that no response came.</summary>
    /// <returns><see langword="true"/> where the request is answered by <see cref="Answer"/> all the same, stale (RFC 9111 §4.2.4, RFC 5861 §4).</returns>
    public async ValueTask<bool> TryServeInsteadAsync()
    {
        _isStandIn = !_isHit && await MayServeInsteadAsync(OriginFailure.Disconnected).ConfigureAwait(false);
        _isFailed = !_isStandIn;
        Abandon();
        End();
        return _isStandIn;
    }

    /// <summary>Begins to capture the content of the response, where <see cref="ReceiveAsync"/> said so.</summary>
    internal ResponseCapture Capture()
    {
        End();
        var leader = _leader;
        return new(_cache.Pending, MaximumLength(_received!), LengthOf(_received!), () => leader?.Release(Collapsing.End.NotShared));
    }

    /// <summary>Stores the response that was captured.</summary>
    internal async ValueTask CompleteCaptureAsync(ResponseCapture capture, IReadOnlyList<string> tags)
    {
        if (capture.Complete() is { } content) await CompleteAsync(content, tags).ConfigureAwait(false);
        else Discard(StorageRefusal.GaveWay);
    }

    /// <summary>Stores the response that was captured.</summary>
    /// <param name="content">All of its content, in memory that does not change any more.</param>
    /// <param name="tags">By which it can be evicted.</param>
    public async ValueTask CompleteAsync(ReadOnlyMemory<byte> content, params IReadOnlyList<string> tags)
    {
        if (_received is not { } response) return;
        End();
        _received = null;
        var length = response.Fields["Content-Length"];
        var isWhole = length.Count == 0 || (length.Count == 1 && LengthOf(response) == content.Length);
        if (!isWhole) Refuse(StorageRefusal.Length);
        else if (content.Length > MaximumLength(response)) Refuse(StorageRefusal.TooLong);
        else _isStored = await StoreAsync(response, content, tags).ConfigureAwait(false);
        Release(_isStored ? Collapsing.End.Stored : Collapsing.End.NotShared);
    }

    /// <summary>Takes that the response is not to be stored: it was cut off, or nobody reads on.</summary>
    public void Abandon()
    {
        if (_received is not null) Refuse(StorageRefusal.CutOff);
        _received = null;
        Release(Collapsing.End.Failed);
    }

    /// <summary>Leaves the response unstored, because it is for this request alone.</summary>
    internal void Discard(StorageRefusal refusal)
    {
        if (_received is not null) Refuse(refusal);
        _received = null;
        End();
        Release(Collapsing.End.NotShared);
    }

    /// <summary>Takes that the response is not one to the request that was looked up: nothing is stored, and nothing that is stored is used.</summary>
    internal void Pass(int status, StorageRefusal refusal)
    {
        if (_isHit) _reason = ForwardReason.Bypass;
        (Action, _isHit, _stored, _received, _mayStore, _forwardStatus) = (CacheAction.Forward, false, null, null, false, status);
        Refuse(refusal);
        Release(Collapsing.End.NotShared);
        End();
    }

    /// <summary>The client does not read what has come: requests that wait for this one wait for its client now.</summary>
    internal void BeginClientWait() => _leader?.BeginClientWait();

    /// <summary>The client reads again.</summary>
    internal void EndClientWait() => _leader?.EndClientWait();

    private void Release(Collapsing.End end)
    {
        _leader?.Release(end);
        _leader = null;
    }

    // What the store takes is known before anything is captured.
    private long MaximumLength(StoredResponse response) => Math.Min(_cache.Options.MaximumResponseLength, _cache.MaximumItemSize - CachedResponse.SizeOf(response));

    private static long? LengthOf(StoredResponse response) =>
        response.Fields["Content-Length"] is [var line] && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    private StorageRefusal? RefusalOf(int status, StoredFields fields, DateTimeOffset now)
    {
        var exchange = new CacheExchange
        {
            Method = _request.Method,
            RequestFields = _request.Fields,
            RequestDirectives = _directives,
            Status = status,
            ResponseFields = fields,
            RequestTime = _requestTime,
            ResponseTime = now,
            AllowsAuthorization = IsOfUser || _request.IsSharedAcrossUsers,
            IsKeyNormalized = _keys.IsNormalized,
        };
        if (StorageRefusal.Of(StorageRules.Decide(RulesOf(_request), exchange)) is { } refusal) return refusal;
        return _isUserUnknown && !StorageRules.AllowsSharing(_cache.Options.Rules, ResponseDirectives.Parse(fields, _cache.Options.Rules.Mode)) ? StorageRefusal.UnknownUser : null;
    }

    // RFC 9111 §4.3.5: a response to HEAD shows whether what is stored for GET is old. It does not make it fresh: endpoints answer HEAD with fewer headers, and by other code.
    private async ValueTask CompareAsync(StoredFields received)
    {
        if (_stored is not { Response.Status: 200 } stored || _isUserUnknown) return;
        var fields = stored.Response.Fields;
        var isOld = IsOther(received["ETag"], fields["ETag"]) || IsOther(received["Last-Modified"], fields["Last-Modified"])
            || IsOther(received["Content-Length"], stored.Content.Length.ToString(CultureInfo.InvariantCulture));
        if (isOld) await _cache.Store.SetAsync(_storedKey, stored, TimeSpan.Zero, []).ConfigureAwait(false);

        static bool IsOther(StringValues received, StringValues stored) => received.Count > 0 && received != stored;
    }

    private async ValueTask<CacheHead> FreshenAsync(StoredFields notModified, DateTimeOffset now)
    {
        var stored = _stored!;
        if (_isUserUnknown || ValidationRules.SelectForUpdate(notModified, stored.Response).Count == 0)
        {
            (Action, Conditions, _stored) = (CacheAction.Forward, default, null);
            return CacheHead.Resend;
        }

        _stored = await KeepAsync(stored, ValidationRules.Freshen(stored.Response, notModified, _requestTime, now), now).ConfigureAwait(false);
        _isValidated = true;
        Release(_isStored ? Collapsing.End.Stored : Collapsing.End.NotShared);
        return CacheHead.Serve;
    }

    // It is what it was made of that counts: an epoch that has begun meanwhile leaves it behind.
    // And it stays under its key, which is that of what it varied by before. What could be shared may have been made for a user, and cannot be shared any more.
    private async ValueTask<CachedResponse> KeepAsync(CachedResponse stored, StoredResponse fresh, DateTimeOffset now)
    {
        var rules = _cache.Options.Rules;
        var isKept = (!StorageRules.AllowsSharing(rules, stored.Response.Directives) || StorageRules.AllowsSharing(rules, fresh.Directives))
            && MayBeKept(fresh, now) && VaryRules.TryParse(stored.Response.Fields["Vary"], out var names)
            && VaryRules.TryParse(fresh.Fields["Vary"], out var freshNames) && freshNames.Equals(names);
        var item = new CachedResponse(fresh, stored.Content, stored.ResourceEpoch, stored.StoreEpoch) { Tags = stored.Tags };
        var lifetime = isKept ? _cache.RetentionOf(fresh, now) : TimeSpan.Zero;
        _isStored = await _cache.Store.SetAsync(_storedKey, item, lifetime, [.. TagsOf(fresh), .. stored.Tags]).ConfigureAwait(false) && lifetime > TimeSpan.Zero;
        return item;
    }

    private bool MayBeKept(StoredResponse fresh, DateTimeOffset now)
    {
        if (RefusalOf(fresh.Status, fresh.Fields, now) is not { } refusal) return true;
        Refuse(refusal);
        return false;
    }

    // While the origin was asked, an unsafe request may have made unusable what was found before.
    private async ValueTask<bool> MayServeInsteadAsync(OriginFailure failure) =>
        _stored is not null && !_isUserUnknown && ReuseRules.MayServeStaleOnError(failure, _directives, _stored.Response, Now(_cache))
        && await _cache.Store.GetEpochAsync(_keys.Resource).ConfigureAwait(false) is { } resource && await _cache.Store.GetEpochAsync(CacheKeySet.Store).ConfigureAwait(false) is { } store && _stored.IsOf(resource, store);

    private async ValueTask<bool> StoreAsync(StoredResponse response, ReadOnlyMemory<byte> content, IReadOnlyList<string> tags)
    {
        var isSharable = StorageRules.AllowsSharing(_cache.Options.Rules, response.Directives);
        var lifetime = _cache.RetentionOf(response, Now(_cache));
        if (!VaryRules.TryParse(response.Fields["Vary"], out var names) || lifetime <= TimeSpan.Zero || (_isUserUnknown && !isSharable))
        {
            Refuse(_isUserUnknown ? StorageRefusal.UnknownUser : StorageRefusal.Of(lifetime <= TimeSpan.Zero ? StorageDecision.NotReusable : StorageDecision.Vary)!);
            return false;
        }

        // Of no use, and it would take the place of one that is.
        if ((await _cache.Store.GetEpochAsync(_keys.Resource).ConfigureAwait(false))?.Number != _resourceEpoch!.Number)
        {
            Refuse(StorageRefusal.Invalidated);
            return false;
        }

        var isOfAll = IsOfUser && isSharable;
        var primary = isOfAll ? _keys.Shared : _keys.Primary;
        var item = new CachedResponse(response, content, _resourceEpoch, _storeEpoch!) { Tags = tags };
        string[] allTags = [.. TagsOf(response), .. tags];
        if (item.Size > _cache.MaximumItemSize) Refuse(StorageRefusal.TooLong);
        else if (await PutAsync(primary, names, item, lifetime, allTags).ConfigureAwait(false)) return true;
        else Refuse(StorageRefusal.Store);
        return false;
    }

    private async ValueTask<bool> PutAsync(QueryCacheKey primary, FieldNames names, CachedResponse item, TimeSpan lifetime, string[] tags)
    {
        var present = await _cache.Store.GetAsync(primary).ConfigureAwait(false);
        if (names.Count == 0 && present is not CacheVariants) return await _cache.Store.SetAsync(primary, item, lifetime, tags).ConfigureAwait(false);

        var lists = (present as CacheVariants)?.Lists ?? [];
        if (lists.Count == 0 || !lists[0].Equals(names))
        {
            if (!await _cache.Store.SetAsync(primary, new CacheVariants(lists.Prepend(names)), _cache.Options.MaximumRetention, []).ConfigureAwait(false)) return false;
        }
        return await _cache.Store.SetAsync(VariantKey(primary, names), item, lifetime, tags).ConfigureAwait(false);
    }

    private async ValueTask InvalidateAsync(int status, StoredFields fields)
    {
        if (!InvalidationRules.Invalidates(_request.Method, status)) return;

        // The target as it was sent need not be a URI; Location and Content-Location are.
        var keys = new HashSet<QueryCacheKey> { CacheKeySet.ResourceOf(_request) };
        if (Uri.TryCreate($"{_request.Scheme}://{_request.Authority}{_request.Target}", UriKind.Absolute, out var target))
        {
            foreach (var uri in InvalidationRules.Targets(_request.Method, status, target, fields)) keys.Add(CacheKeySet.ResourceOf(uri));
        }
        foreach (var key in keys) await _cache.Store.InvalidateAsync(key).ConfigureAwait(false);
        foreach (var group in InvalidationRules.InvalidatedGroups(_request.Method, fields)) await _cache.EvictByTagAsync(GroupTag(group)).ConfigureAwait(false);
    }

    private CacheRuleOptions RulesOf(CacheRequest request)
    {
        var rules = _cache.Options.Rules;
        return request.DefaultLifetime is { } lifetime && rules.DefaultLifetime != lifetime ? rules with { DefaultLifetime = lifetime } : rules;
    }

    private string[] TagsOf(StoredResponse response) => [.. InvalidationRules.Groups(response.Fields).Select(GroupTag)];

    // RFC 9875 §2: groups are those of an origin.
    private string GroupTag(string group) => $"group {CacheKeySet.OriginOf(_request)} {group}";
}
