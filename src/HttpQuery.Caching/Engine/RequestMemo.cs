using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Engine;

/// <summary>Remembers the keys of requests seen before. A request is compared with them byte by byte, so its content need not be hashed
/// (docs/cache-key.md).</summary>
/// <remarks>Readers take no lock: the compared data never changes and is never reused. The hash only finds the entry. It is seeded per
/// process, and requests with the same hash replace each other. A collision costs no more than a request that was not seen
/// before.</remarks>
internal sealed class RequestMemo(long maximumSize)
{
    private static readonly long Seed = Random.Shared.NextInt64();

    // Content longer than this share of the memory would evict too many others.
    private const int LongestShare = 8;

    [ThreadStatic]
    private static XxHash3? _hasher;

    private readonly ConcurrentDictionary<ulong, RememberedRequest> _requests = new(concurrencyLevel: 1, capacity: 31);
    private readonly ConcurrentDictionary<ulong, RememberedContent> _contents = new(concurrencyLevel: 1, capacity: 31);
    private readonly Lock _lock = new();
    private readonly LinkedList<RememberedRequest> _eldestFirst = new();
    private long _size;

    /// <summary>Memory of all entries, in bytes; never more than the maximum.</summary>
    public long Size => Volatile.Read(ref _size);

    /// <summary>Finds the keys of a request that was seen before, or computes and remembers them.</summary>
    public CacheKeySet GetOrAdd(QueryCacheOptions options, CacheRequest request)
    {
        var content = request.Content!.Value;
        if (maximumSize == 0 || content.Length > maximumSize / LongestShare) return CacheKeySet.Create(options, request);

        var contentHash = GetHash(content);
        var hash = GetHash(request, contentHash);
        if (_requests.TryGetValue(hash, out var known) && known.Matches(request, options.RoutingHeaders))
        {
            known.MarkRead();
            return known.Keys;
        }

        var keys = CacheKeySet.Create(options, request);
        Add(options, request, hash, contentHash, keys);
        return keys;
    }

    private void Add(QueryCacheOptions options, CacheRequest request, ulong hash, ulong contentHash, CacheKeySet keys)
    {
        var bytes = request.Content!.Value;
        if (!_contents.TryGetValue(contentHash, out var content) || !content.Equals(bytes)) content = new(contentHash, bytes);
        var entry = new RememberedRequest(hash, request, options.RoutingHeaders, content, keys);
        if (entry.Size + content.Size > maximumSize) return;

        lock (_lock)
        {
            if (_requests.TryGetValue(hash, out var replaced)) Remove(replaced);
            if (content.Uses++ == 0)
            {
                _size += content.Size;
                _contents[contentHash] = content;
            }
            _size += entry.Size;
            _requests[hash] = entry;

            // Entries that were read since the last turn get a second one.
            for (var turns = _eldestFirst.Count; _size > maximumSize && _eldestFirst.First is { Value: var eldest } node;)
            {
                if (turns-- > 0 && eldest.TakeRead())
                {
                    _eldestFirst.RemoveFirst();
                    _eldestFirst.AddLast(node);
                }
                else
                {
                    Remove(eldest);
                }
            }
            _eldestFirst.AddLast(entry.Node);
        }
    }

    private void Remove(RememberedRequest entry)
    {
        _requests.TryRemove(KeyValuePair.Create(entry.Hash, entry));
        _eldestFirst.Remove(entry.Node);
        _size -= entry.Size;
        if (--entry.Content.Uses > 0) return;
        _contents.TryRemove(KeyValuePair.Create(entry.Content.Hash, entry.Content));
        _size -= entry.Content.Size;
    }

    private static ulong GetHash(in ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment) return XxHash3.HashToUInt64(content.FirstSpan, Seed);
        var hasher = _hasher ??= new(Seed);
        foreach (var segment in content) hasher.Append(segment.Span);
        var hash = hasher.GetCurrentHashAsUInt64();
        hasher.Reset();
        return hash;
    }

    // Hashes the parts that usually distinguish requests with the same content. The comparison covers the rest.
    private static ulong GetHash(CacheRequest request, ulong hash)
    {
        hash = GetHash(request.Method is "HEAD" ? "GET" : request.Method, hash);
        hash = GetHash(request.Authority, hash);
        hash = GetHash(request.Target, hash);
        foreach (var line in request.Headers["Content-Type"]) hash = GetHash(line, hash);
        foreach (var line in request.Headers["Cache-Control"]) hash = GetHash(line, hash);
        if (!request.Partition.IsEmpty) hash = XxHash3.HashToUInt64(request.Partition.Span, (long)hash);
        if (!request.User.IsEmpty) hash = XxHash3.HashToUInt64(request.User.Span, (long)hash);
        return hash + (ulong)request.Normalizations;
    }

    private static ulong GetHash(string? text, ulong seed) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), (long)seed);
}
