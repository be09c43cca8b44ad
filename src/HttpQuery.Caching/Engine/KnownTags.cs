using System.Collections.Concurrent;
using HttpQuery.Caching.Epochs;

namespace HttpQuery.Caching;

/// <summary>Remembers which tags the responses of a URI had last: their epochs are read in the first step then, and before the next request is forwarded.</summary>
internal sealed class KnownTags
{
    private const int MaximumCount = 10_000;
    private const int MaximumTags = 64;

    private readonly ConcurrentDictionary<QueryCacheKey, QueryCacheKey[]> _tags = new();
    private int _count;

    /// <summary>The keys of the tags, those that the request names among them.</summary>
    public IReadOnlyList<QueryCacheKey> Of(RequestContext context)
    {
        _tags.TryGetValue(context.Keys.Resource, out var known);
        if (context.Request.Tags.Count == 0) return known ?? [];
        return [.. context.Request.Tags.Select(EpochKeys.OfTag).Union(known ?? [])];
    }

    /// <summary>Takes the tags of a response that is stored.</summary>
    public void Add(RequestContext context, IReadOnlyList<string> tags)
    {
        if (tags.Count is not (0 or > MaximumTags)) Add(context, [.. tags.Select(EpochKeys.OfTag)]);
    }

    /// <summary>Takes the tags of a response that was found.</summary>
    public void Add(RequestContext context, CachedResponse response)
    {
        if (response.Epochs.Tags.Count is not (0 or > MaximumTags)) Add(context, [.. response.Epochs.Tags.Select(tag => tag.Key)]);
    }

    private void Add(RequestContext context, QueryCacheKey[] keys)
    {
        if (_tags.TryGetValue(context.Keys.Resource, out var known) && known.AsSpan().SequenceEqual(keys)) return;
        if (known is null && Interlocked.Increment(ref _count) > MaximumCount)
        {
            // Rare, and all are soon there again.
            _tags.Clear();
            _count = 0;
        }
        _tags[context.Keys.Resource] = keys;
    }
}
