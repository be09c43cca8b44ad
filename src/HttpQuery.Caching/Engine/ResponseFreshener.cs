using System.Globalization;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>Applies a 304, or a response to HEAD, to a stored response (RFC 9111 §4.3.4, §4.3.5).</summary>
internal static class ResponseFreshener
{
    /// <summary>Stores the response that a 304 has made fresh. It keeps the epochs that it was made in: an epoch that has begun meanwhile
    /// makes it unusable.</summary>
    /// <returns>The fresh response, and whether it was stored.</returns>
    public static async ValueTask<(CachedResponse Item, bool IsStored)> StoreAsync(
        RequestContext context, Validation validation, DateTimeOffset requestTime, HeaderCollection notModified)
    {
        var (cache, stored, now) = (context.Cache, validation.Stored, context.Cache.Time.GetUtcNow());
        var fresh = ValidationRules.Freshen(stored.Item.Response, notModified, requestTime, now);
        var item = new CachedResponse(fresh, stored.Item.Content, stored.Item.Epochs);
        var lifetime = cache.GetRetention(fresh, now);
        if (lifetime <= TimeSpan.Zero || !IsKept(context, requestTime, stored.Item.Response, fresh, now))
        {
            await cache.Store.RemoveAsync(stored.Key).ConfigureAwait(false);
            return (item, false);
        }

        // A group that the 304 names for the first time needs an epoch, too.
        string[] added = [.. context.GetGroupTags(fresh.Headers).Where(tag => stored.Item.Epochs.Tags.All(known => known.Tag != tag))];
        if (added.Length > 0)
        {
            var settlement = await cache.Epochs.SettleAsync(validation.Flight, added, cache.Store.StartReading()).ConfigureAwait(false);
            cache.Tags.Add(context, added);
            if (settlement.Epochs is not { } epochs)
            {
                await cache.Store.RemoveAsync(stored.Key).ConfigureAwait(false);
                return (item, false);
            }
            item = new(fresh, stored.Item.Content, stored.Item.Epochs with { Tags = [.. stored.Item.Epochs.Tags, .. epochs.Tags] });
        }
        return (item, await cache.Store.SetAsync(StoreOperation.Write, stored.Key, item, lifetime).ConfigureAwait(false));
    }

    /// <summary>Removes a stored response that a response to HEAD shows to be old. HEAD never makes it fresh: endpoints answer HEAD with
    /// fewer headers, and by other code.</summary>
    public static async ValueTask CompareAsync(QueryCache cache, StoredItem stored, HeaderCollection received)
    {
        if (stored.Item.Response.Status != 200) return;
        var headers = stored.Item.Response.Headers;
        var isOld = IsOther(received["ETag"], headers["ETag"]) || IsOther(received["Last-Modified"], headers["Last-Modified"])
            || IsOther(received["Content-Length"], stored.Item.Content.Length.ToString(CultureInfo.InvariantCulture));
        if (isOld) await cache.Store.RemoveAsync(stored.Key).ConfigureAwait(false);

        static bool IsOther(StringValues received, StringValues stored) => received.Count > 0 && received != stored;
    }

    // The response stays under its key, which depends on its former Vary. A response that could be shared may now be made for one user:
    // if it can no longer be shared, it is not kept.
    private static bool IsKept(
        RequestContext context, DateTimeOffset requestTime, StoredResponse before, StoredResponse fresh, DateTimeOffset now)
    {
        if (context.AllowsSharing(before.Directives) && !context.AllowsSharing(fresh.Directives)) return false;
        if (ResponseStorage.GetRefusal(context, fresh.Status, fresh.Headers, requestTime, now, isUserUnknown: false) is { } refusal)
        {
            context.ReportNotStored(refusal);
            return false;
        }
        return VaryRules.TryParse(before.Headers["Vary"], out var names)
            && VaryRules.TryParse(fresh.Headers["Vary"], out var freshNames) && freshNames.Equals(names);
    }
}
