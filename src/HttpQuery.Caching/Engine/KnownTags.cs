using System.Collections.Concurrent;
using HttpQuery.Caching.Epochs;

namespace HttpQuery.Caching;

/// <summary>Remembers which tags the responses to a request had last: their epochs are read in the first step then, and before the next such request is forwarded.</summary>
internal sealed class KnownTags
{
    // Tags of all requests together.
    private const int MaximumCount = 640_000;

    // Tags of one request, unless one response has more.
    private const int MaximumTags = 64;

    private readonly ConcurrentDictionary<QueryCacheKey, QueryCacheKey[]> _tags = new();
    private int _count;

    /// <summary>The keys of the tags, those that the request names among them.</summary>
    public IReadOnlyList<QueryCacheKey> Of(RequestContext context)
    {
        // A request that was not seen before probably has the tags of the latest response of its URI.
        if (!_tags.TryGetValue(context.Keys.Primary, out var known)) _tags.TryGetValue(context.Keys.Resource, out known);
        if (context.Request.Tags.Count == 0) return known ?? [];
        return [.. context.Request.Tags.Select(EpochKeys.OfTag).Union(known ?? [])];
    }

    /// <summary>Takes the tags of a response that is stored.</summary>
    public void Add(RequestContext context, IReadOnlyList<string> tags)
    {
        if (tags.Count > 0) Add(context, [.. tags.Select(EpochKeys.OfTag)]);
    }

    /// <summary>Takes the tags of a response that was found.</summary>
    public void Add(RequestContext context, CachedResponse response)
    {
        if (response.Epochs.Tags.Count > 0) Add(context, [.. response.Epochs.Tags.Select(tag => tag.Key)]);
    }

    private void Add(RequestContext context, QueryCacheKey[] keys)
    {
        var (own, latest) = (_tags.GetValueOrDefault(context.Keys.Primary, []), _tags.GetValueOrDefault(context.Keys.Resource, []));

        // Variants have tags of their own, and come in turn.
        if (!Array.TrueForAll(keys, key => Array.IndexOf(own, key) >= 0)) Set(context.Keys.Primary, own.Length, [.. keys.Union(own).Take(Math.Max(keys.Length, MaximumTags))]);
        if (!latest.AsSpan().SequenceEqual(keys)) Set(context.Keys.Resource, latest.Length, keys);
    }

    private void Set(QueryCacheKey key, int before, QueryCacheKey[] keys)
    {
        if (Interlocked.Add(ref _count, keys.Length - before) > MaximumCount)
        {
            // Rare, and all are soon there again.
            _tags.Clear();
            _count = keys.Length;
        }
        _tags[key] = keys;
    }
}
