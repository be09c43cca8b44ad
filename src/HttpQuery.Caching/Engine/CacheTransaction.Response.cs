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
        var received = fields as StoredFields ?? new StoredFields(fields);
        _forwardStatus = status;
        if (!InvalidationRules.IsSafe(_request.Method))
        {
            await InvalidateAsync(status, received);
            return CacheHead.Pass;
        }

        var now = Now(_cache);
        if (Action is CacheAction.Validate && status == 304) return await FreshenAsync(received, now);
        if (ReuseRules.IsError(status) && await MayServeInsteadAsync(OriginFailure.Error))
        {
            Release();
            return CacheHead.Serve;
        }

        // The request has its answer, which is not the one stored.
        _stored = null;
        if (!_mayStore || !MayBeStored(status, received, now))
        {
            Abandon();
            return CacheHead.Pass;
        }

        _received = new(RulesOf(_request), status, StorageRules.SelectFields(received, _cache.Options.Rules.Mode), _requestTime, now);
        return CacheHead.Capture;
    }

    /// <summary>Invalidates everything stored for the target of an unsafe request whose response is not known, for example because its handler threw an exception.</summary>
    public ValueTask InvalidateTargetAsync() => _cache.Store.InvalidateAsync(CacheKeySet.ResourceOf(_request));

    /// <summary>Takes that no response came.</summary>
    /// <returns><see langword="true"/> where the request is answered by <see cref="Answer"/> all the same, stale (RFC 9111 §4.2.4, RFC 5861 §4).</returns>
    public async ValueTask<bool> TryServeInsteadAsync()
    {
        var isServed = !_isHit && await MayServeInsteadAsync(OriginFailure.Disconnected);
        Abandon();
        return isServed;
    }

    /// <summary>Stores the response that was captured.</summary>
    /// <param name="content">All of its content, in memory that does not change any more.</param>
    /// <param name="tags">By which it can be evicted.</param>
    public async ValueTask CompleteAsync(ReadOnlyMemory<byte> content, params IReadOnlyList<string> tags)
    {
        if (_received is not { } response) return;
        _received = null;
        var length = response.Fields["Content-Length"];
        var isWhole = length.Count == 0 || (length.Count == 1 && long.TryParse(length[0], out var stated) && stated == content.Length);
        if (isWhole && content.Length <= _cache.Options.MaximumResponseLength) _isStored = await StoreAsync(response, content, tags);
        Release();
    }

    /// <summary>Takes that the response is not to be stored: it was cut off, or nobody reads on.</summary>
    public void Abandon()
    {
        _received = null;
        Release();
    }

    private void Release()
    {
        _leader?.Release(_isStored);
        _leader = null;
    }

    private bool MayBeStored(int status, StoredFields fields, DateTimeOffset now)
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
        return StorageRules.Decide(RulesOf(_request), exchange) is StorageDecision.Store
            && (!_isUserUnknown || StorageRules.AllowsSharing(_cache.Options.Rules, ResponseDirectives.Parse(fields, _cache.Options.Rules.Mode)))
            && (!long.TryParse(fields["Content-Length"].ToString(), out var length) || length <= _cache.Options.MaximumResponseLength);
    }

    private async ValueTask<CacheHead> FreshenAsync(StoredFields notModified, DateTimeOffset now)
    {
        var stored = _stored!;
        if (_isUserUnknown || ValidationRules.SelectForUpdate(notModified, stored.Response).Count == 0)
        {
            (Action, Conditions, _stored) = (CacheAction.Forward, default, null);
            return CacheHead.Resend;
        }

        var fresh = ValidationRules.Freshen(stored.Response, notModified, _requestTime, now);
        _stored = new(fresh, stored.Content, stored.ResourceEpoch, stored.StoreEpoch) { Tags = stored.Tags };

        // It is what it was made of that counts: an epoch that has begun meanwhile leaves it behind.
        // And it stays under its key, which is that of what it varied by before. What could be shared may have been made for a user, and cannot be shared any more.
        var rules = _cache.Options.Rules;
        var isKept = (!StorageRules.AllowsSharing(rules, stored.Response.Directives) || StorageRules.AllowsSharing(rules, fresh.Directives)) && MayBeStored(fresh.Status, fresh.Fields, now) && VaryRules.TryParse(stored.Response.Fields["Vary"], out var names)
            && VaryRules.TryParse(fresh.Fields["Vary"], out var freshNames) && freshNames.Equals(names);
        var lifetime = isKept ? _cache.RetentionOf(fresh, now) : TimeSpan.Zero;
        _isStored = await _cache.Store.SetAsync(_storedKey, _stored, lifetime, [.. TagsOf(fresh), .. stored.Tags]) && lifetime > TimeSpan.Zero;
        Release();
        return CacheHead.Serve;
    }

    // While the origin was asked, an unsafe request may have made unusable what was found before.
    private async ValueTask<bool> MayServeInsteadAsync(OriginFailure failure) =>
        _stored is not null && !_isUserUnknown && ReuseRules.MayServeStaleOnError(failure, _directives, _stored.Response, Now(_cache))
        && await _cache.Store.GetEpochAsync(_keys.Resource) is { } resource && await _cache.Store.GetEpochAsync(CacheKeySet.Store) is { } store && _stored.IsOf(resource, store);

    private async ValueTask<bool> StoreAsync(StoredResponse response, ReadOnlyMemory<byte> content, IReadOnlyList<string> tags)
    {
        if (!VaryRules.TryParse(response.Fields["Vary"], out var names)) return false;
        var lifetime = _cache.RetentionOf(response, Now(_cache));
        if (lifetime <= TimeSpan.Zero) return false;

        // Of no use, and it would take the place of one that is.
        if ((await _cache.Store.GetEpochAsync(_keys.Resource))?.Number != _resourceEpoch!.Number) return false;

        var isSharable = StorageRules.AllowsSharing(_cache.Options.Rules, response.Directives);
        if (_isUserUnknown && !isSharable) return false;
        var isOfAll = IsOfUser && isSharable;
        var primary = isOfAll ? _keys.Shared : _keys.Primary;
        var present = await _cache.Store.GetAsync(primary);
        var key = primary;
        if (names.Count > 0 || present is CacheVariants)
        {
            key = VariantKey(primary, names);
            var lists = (present as CacheVariants)?.Lists ?? [];
            if (lists.Count == 0 || !lists[0].Equals(names))
            {
                if (!await _cache.Store.SetAsync(primary, new CacheVariants(lists.Prepend(names)), _cache.Options.MaximumRetention, [])) return false;
            }
        }
        var item = new CachedResponse(response, content, _resourceEpoch, _storeEpoch!) { Tags = tags };
        return await _cache.Store.SetAsync(key, item, lifetime, [.. TagsOf(response), .. tags]);
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
        foreach (var key in keys) await _cache.Store.InvalidateAsync(key);
        foreach (var group in InvalidationRules.InvalidatedGroups(_request.Method, fields)) await _cache.EvictByTagAsync(GroupTag(group));
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
