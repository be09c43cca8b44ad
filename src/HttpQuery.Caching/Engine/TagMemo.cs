using System.Collections.Concurrent;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Engine;

/// <summary>Remembers the latest tags of the responses to a request. Their epochs are then read in the first step, and before the next
/// such request is forwarded.</summary>
internal sealed class TagMemo
{
    // Maximum for the tags of all requests together.
    private const int MaximumCount = 640_000;

    // Maximum for the tags of one request, unless one response has more.
    private const int MaximumTags = 64;

    private readonly ConcurrentDictionary<QueryCacheKey, QueryCacheKey[]> _tags = new();
    private int _count;

    /// <summary>Returns the keys of the tags, including those that the request names.</summary>
    public IReadOnlyList<QueryCacheKey> GetKeys(RequestContext context)
    {
        // A request that was not seen before probably has the tags of the latest response of its URI.
        if (!_tags.TryGetValue(context.Keys.Primary, out var known)) _tags.TryGetValue(context.Keys.Resource, out known);
        if (context.Request.Tags.Count == 0) return known ?? [];
        return [.. context.Request.Tags.Select(EpochKeys.GetTagKey).Union(known ?? [])];
    }

    /// <summary>Adds the tags of a response that is stored.</summary>
    public void Add(RequestContext context, IReadOnlyList<string> tags)
    {
        if (tags.Count > 0) Add(context, [.. tags.Select(EpochKeys.GetTagKey)]);
    }

    /// <summary>Adds the tags of a response that was found.</summary>
    public void Add(RequestContext context, CachedResponse response)
    {
        if (response.Epochs.Tags.Count > 0) Add(context, [.. response.Epochs.Tags.Select(tag => tag.Key)]);
    }

    private void Add(RequestContext context, QueryCacheKey[] keys)
    {
        var (own, latest) = (_tags.GetValueOrDefault(context.Keys.Primary, []), _tags.GetValueOrDefault(context.Keys.Resource, []));

        // Variants have tags of their own, and requests for them take turns.
        if (!Array.TrueForAll(keys, key => Array.IndexOf(own, key) >= 0))
            Set(context.Keys.Primary, own.Length, [.. keys.Union(own).Take(Math.Max(keys.Length, MaximumTags))]);
        if (!latest.AsSpan().SequenceEqual(keys)) Set(context.Keys.Resource, latest.Length, keys);
    }

    private void Set(QueryCacheKey key, int before, QueryCacheKey[] keys)
    {
        if (Interlocked.Add(ref _count, keys.Length - before) > MaximumCount)
        {
            // Rare, and all tags are soon known again.
            _tags.Clear();
            _count = keys.Length;
        }
        _tags[key] = keys;
    }
}
