using System.Buffers;

namespace HttpQuery.CacheKeys;

/// <summary>Removes differences without meaning from content of your own media type (docs/cache-key.md §6, domain 0x40).</summary>
/// <remarks>One instance serves all requests concurrently.</remarks>
public interface IQueryContentNormalizer
{
    /// <summary>A name that is part of the key. Change it whenever <see cref="TryNormalize"/> starts to write different output.</summary>
    string Name { get; }

    /// <summary>Largest content that this normalizer reads, in bytes. The exact bytes of larger content count in the key.</summary>
    int MaximumContentLength { get; }

    /// <summary>Returns whether this normalizer handles content of a media type. Called once for each content.</summary>
    bool AppliesTo(MediaType mediaType);

    /// <summary>Writes equal bytes for contents with equal meaning, and different bytes for all other contents.</summary>
    /// <param name="content">The whole content, without its content coding.</param>
    /// <param name="output">Receives the bytes that count in the key.</param>
    /// <returns><see langword="false"/> when the content is malformed or ambiguous: then its exact bytes count in the key.</returns>
    bool TryNormalize(ReadOnlySpan<byte> content, IBufferWriter<byte> output);
}
