using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Engine;

/// <summary>The stored response for a request.</summary>
/// <param name="Response">A response in current epochs, or none.</param>
/// <param name="Key">The key of the response.</param>
/// <param name="Variant">The key of the request's variant, if the URI is known to vary.</param>
internal readonly record struct LookupResult(CachedResponse? Response, QueryCacheKey Key, QueryCacheKey? Variant)
{
    /// <summary>Finds the stored response: the user's own, else the one for everyone.</summary>
    /// <returns><see langword="false"/> if something has not been read yet.</returns>
    public static bool TryFind(RequestContext context, StoreReads reads, out LookupResult finding)
    {
        var keys = context.Keys;
        var isComplete = TryFind(context, reads, keys.Primary, out finding);
        if (context.IsOfUser && (!isComplete || finding.Response is null))
        {
            isComplete &= TryFind(context, reads, keys.Shared, out var shared);
            finding = new(ForEveryone(context, shared.Response), shared.Key, finding.Variant ?? shared.Variant);
        }
        else if (context.HasUnverifiedCredential)
        {
            finding = finding with { Response = ForEveryone(context, finding.Response) };
        }
        return isComplete;
    }

    /// <summary>Checks whether the epochs of a response are current.</summary>
    /// <returns><see langword="false"/> if something has not been read yet.</returns>
    public static bool TryCheck(RequestContext context, StoreReads reads, CachedResponse response, out bool isCurrent)
    {
        var isComplete = reads.TryGetEpoch(context.Keys.Resource, out var resource);
        isComplete &= reads.TryGetEpoch(EpochKeys.Store, out var store);
        var epochs = response.Epochs;
        isCurrent = IsNumber(resource, epochs.Resource) && IsNumber(store, epochs.Store);
        if (isComplete && !isCurrent) return true;
        foreach (var tag in epochs.Tags)
        {
            isComplete &= reads.TryGetEpoch(tag.Key, out var epoch);
            isCurrent &= IsNumber(epoch, tag.Number);
        }
        return isComplete;
    }

    private static bool TryFind(RequestContext context, StoreReads reads, QueryCacheKey primary, out LookupResult finding)
    {
        finding = default;
        if (!reads.TryGet(primary, out var read)) return false;
        if (read.Item is CachedResponse response)
        {
            if (!TryCheck(context, reads, response, out var isCurrent)) return false;
            if (isCurrent) finding = new(response, primary, null);
            return true;
        }
        if (read.Item is not CacheVariants variants) return true;

        // All keys that may be needed are read at once: the variants, and the epochs of their tags.
        var isComplete = true;
        foreach (var tag in variants.Tags) isComplete &= !reads.IsRemote || reads.TryGet(EpochKeys.GetTagKey(tag), out _);
        foreach (var names in variants.Lists)
        {
            var key = context.VariantKey(primary, names);
            finding = finding with
            {
                Variant = finding.Variant ?? (primary == context.Keys.Primary ? key : context.VariantKey(context.Keys.Primary, names))
            };
            if (!reads.TryGet(key, out var variant)) isComplete = false;
            else if (isComplete && variant.Item is CachedResponse one)
            {
                isComplete = TryCheck(context, reads, one, out var isCurrent);
                if (!isComplete || !isCurrent) continue;
                finding = finding with { Response = one, Key = key };
                return true;
            }
        }
        return isComplete;
    }

    // A user, or a credential that the cache has not verified, gets a response of others only if everyone may have it (RFC 9111 §3.5).
    private static CachedResponse? ForEveryone(RequestContext context, CachedResponse? response) =>
        response is not null && context.Cache.Options.Rules.IsShared && !context.AllowsSharing(response.Response.Directives)
            ? null
            : response;

    private static bool IsNumber(EpochRead read, UInt128 number) =>
        read.Epoch is { Origin: not EpochOrigin.Unknown } epoch && epoch.Number == number;
}
