using System.Globalization;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Epochs;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Engine;

/// <summary>Stores a response (RFC 9111 §3). A remote store needs two steps, and four the first time for a URI.</summary>
/// <param name="Context">The request.</param>
/// <param name="Flight">Epochs and markers from before the request was forwarded.</param>
/// <param name="Response">The response without its content.</param>
internal sealed record ResponseStorage(RequestContext Context, FlightStart Flight, StoredResponse Response)
{
    /// <summary>Maximum length of content that can be stored, in bytes. The limit of the store is known before anything is
    /// captured.</summary>
    public long MaximumLength =>
        Math.Min(Context.Cache.Options.MaximumResponseLength, Context.Cache.MaximumItemSize - CachedResponse.GetSize(Response));

    /// <summary>The value of Content-Length, if there is one.</summary>
    public long? DeclaredLength =>
        Response.Headers["Content-Length"] is [var line]
        && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;

    /// <summary>Returns why a response is not stored; <see langword="null"/> if it may be stored.</summary>
    public static StorageRefusal? GetRefusal(
        RequestContext context, int status, HeaderCollection headers, DateTimeOffset requestTime, DateTimeOffset now, bool isUserUnknown)
    {
        var exchange = new CacheExchange
        {
            Method = context.Request.Method,
            RequestHeaders = context.Request.Headers,
            RequestDirectives = context.Directives,
            Status = status,
            ResponseHeaders = headers,
            RequestTime = requestTime,
            ResponseTime = now,
            AllowsAuthorization = context.IsOfUser || context.Request.IsSharedAcrossUsers,
            IsKeyNormalized = context.Keys.IsNormalized,
        };
        if (StorageRefusal.FromDecision(StorageRules.Decide(context.Rules, exchange)) is { } refusal) return refusal;
        return isUserUnknown && !context.AllowsSharing(ResponseDirectives.Parse(headers, context.Rules.Mode))
            ? StorageRefusal.UnknownUser
            : null;
    }

    /// <summary>Stores the response with its content.</summary>
    /// <returns>Why it was not stored; <see langword="null"/> if it was.</returns>
    public async ValueTask<StorageRefusal?> StoreAsync(ReadOnlyMemory<byte> content, IReadOnlyList<string> tags, bool isUserUnknown)
    {
        var cache = Context.Cache;
        var isWhole = Response.Headers["Content-Length"].Count == 0 || DeclaredLength == content.Length;
        if (!isWhole) return StorageRefusal.Length;
        if (content.Length > MaximumLength) return StorageRefusal.TooLong;

        var isSharable = Context.AllowsSharing(Response.Directives);
        if (isUserUnknown && !isSharable) return StorageRefusal.UnknownUser;
        var lifetime = cache.GetRetention(Response, cache.Time.GetUtcNow());
        if (lifetime <= TimeSpan.Zero) return StorageRefusal.FromDecision(StorageDecision.NotReusable);
        if (!VaryRules.TryParse(Response.Headers["Vary"], out var names)) return StorageRefusal.FromDecision(StorageDecision.Vary);

        // A response that may be shared is stored for everyone.
        var primary = Context.IsOfUser && isSharable ? Context.Keys.Shared : Context.Keys.Primary;
        string[] allTags = [.. Context.GetGroupTags(Response.Headers).Union(tags)];
        var reads = cache.Store.StartReading();
        reads.Want(primary);
        var settlement = await cache.Epochs.SettleAsync(Flight, allTags, reads).ConfigureAwait(false);
        cache.Tags.Add(Context, allTags);
        if (settlement.Epochs is not { } epochs) return settlement.Refusal;

        var item = new CachedResponse(Response, content, epochs);
        if (item.Size > cache.MaximumItemSize) return StorageRefusal.TooLong;
        reads.TryGet(primary, out var present);
        return await PutAsync(primary, present.Item as CacheVariants, names, item, lifetime).ConfigureAwait(false)
            ? null
            : StorageRefusal.Store;
    }

    // The list of variants and the variant are written at the same time: a list alone leads nowhere, and a variant alone is not found.
    private async ValueTask<bool> PutAsync(
        QueryCacheKey primary, CacheVariants? present, HeaderNameSet names, CachedResponse item, TimeSpan lifetime)
    {
        var store = Context.Cache.Store;
        if (names.Count == 0 && present is null)
            return await store.SetAsync(StoreOperation.Write, primary, item, lifetime).ConfigureAwait(false);

        var variants = CacheVariants.With(present, names, item.Epochs.Tags);
        var listing = ReferenceEquals(variants, present)
            ? new(true)
            : store.SetAsync(StoreOperation.Write, primary, variants, Context.Cache.Options.MaximumRetention);
        var storing = store.SetAsync(StoreOperation.Write, Context.VariantKey(primary, names), item, lifetime);
        var isListed = await listing.ConfigureAwait(false);
        return await storing.ConfigureAwait(false) && isListed;
    }
}
