using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Items;

/// <summary>A response with its content and its epochs.</summary>
internal sealed class CachedResponse : CacheItem
{
    // Status, times, directives, the arrays of headers, and the latest hit: measured.
    private const int ResponseOverhead = 932;

    // A tag with its epoch, excluding its text: measured.
    private const int TagSize = 120;

    private StoredItem? _place;

    /// <summary>Creates the item for a response.</summary>
    /// <param name="response">Status, headers and times.</param>
    /// <param name="content">The whole content, which must not change afterwards.</param>
    /// <param name="epochs">The epochs in which the response is stored.</param>
    public CachedResponse(StoredResponse response, ReadOnlyMemory<byte> content, ItemEpochs epochs) =>
        (Response, Content, Epochs) = (response, content, epochs);

    /// <summary>Status, headers and times.</summary>
    public StoredResponse Response { get; }

    /// <summary>The whole content.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The epochs in which the response is stored.</summary>
    public ItemEpochs Epochs { get; }

    /// <inheritdoc/>
    public override long Size => GetSize(Response) + Content.Length + Epochs.Tags.Sum(tag => TagSize + (2L * tag.Tag.Length));

    /// <summary>Memory of a response without its content and its tags, in bytes.</summary>
    internal static long GetSize(StoredResponse response) =>
        ResponseOverhead + response.Headers.Sum(header => GetNameSize(header.Key) + header.Value.Sum(line => 48L + (2 * line!.Length)));

    // Header names that servers and clients know are literals, which stored responses share.
    private static long GetNameSize(string name) => ReferenceEquals(string.IsInterned(name), name) ? 0 : 24L + (2 * name.Length);

    /// <summary>The headers that are sent as they were stored.</summary>
    internal KeyValuePair<string, StringValues>[] SentHeaders => field ??= [.. Response.Headers.Where(one => !IsMadeAnew(one.Key))];

    /// <summary>A value that the engine has made from the response, and keeps with it: the latest hit.</summary>
    internal object? LastHit { get; set; }

    /// <summary>Returns the response together with its key in the store.</summary>
    internal StoredItem At(QueryCacheKey key) => _place is { } place && place.Key == key ? place : _place = new(this, key);

    private static bool IsMadeAnew(string name) =>
        name.Equals("Age", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
            || name.Equals(CacheStatus.HeaderName, StringComparison.OrdinalIgnoreCase);
}
