using HttpQuery.Caching.Epochs;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>A response with its content, and the epochs that it belongs to.</summary>
internal sealed class CachedResponse : CacheItem
{
    // Status, times, directives, the arrays of headers, and the latest answer: measured.
    private const int ResponseOverhead = 932;

    // A tag with its epoch, without its text: measured.
    private const int TagSize = 120;

    private StoredItem? _place;

    /// <summary>Takes a response.</summary>
    /// <param name="response">Status, fields and times.</param>
    /// <param name="content">The whole content; it must not change any more.</param>
    /// <param name="epochs">The epochs that it is stored in.</param>
    public CachedResponse(StoredResponse response, ReadOnlyMemory<byte> content, ItemEpochs epochs) => (Response, Content, Epochs) = (response, content, epochs);

    /// <summary>Status, fields and times.</summary>
    public StoredResponse Response { get; }

    /// <summary>The whole content.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The epochs that it is stored in.</summary>
    public ItemEpochs Epochs { get; }

    /// <inheritdoc/>
    public override long Size => SizeOf(Response) + Content.Length + Epochs.Tags.Sum(tag => TagSize + (2L * tag.Tag.Length));

    /// <summary>What a response takes without its content and its tags, in bytes.</summary>
    internal static long SizeOf(StoredResponse response) =>
        ResponseOverhead + response.Fields.Sum(header => SizeOfName(header.Key) + header.Value.Sum(line => 48L + (2 * line!.Length)));

    // Names that servers and clients know are literals, and stored responses share them.
    private static long SizeOfName(string name) => ReferenceEquals(string.IsInterned(name), name) ? 0 : 24L + (2 * name.Length);

    /// <summary>The fields that are sent as they were stored.</summary>
    internal KeyValuePair<string, StringValues>[] SentFields => field ??= [.. Response.Fields.Where(one => !IsMadeAnew(one.Key))];

    /// <summary>The latest answer to a plain request, as long as it stays the same.</summary>
    internal CachedHit? LastHit { get; set; }

    /// <summary>The response with the key under which it lies.</summary>
    internal StoredItem At(QueryCacheKey key) => _place is { } place && place.Key == key ? place : _place = new(this, key);

    private static bool IsMadeAnew(string name) =>
        name.Equals("Age", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals(CacheStatus.FieldName, StringComparison.OrdinalIgnoreCase);
}
