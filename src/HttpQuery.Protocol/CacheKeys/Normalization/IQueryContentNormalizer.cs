using System.Buffers;

namespace HttpQuery.CacheKeys;

/// <summary>Says what is without meaning in content of a media type of your own (docs/cache-key.md §6, domain 0x40).</summary>
/// <remarks>One instance serves all requests, at the same time.</remarks>
public interface IQueryContentNormalizer
{
    /// <summary>A name that changes whenever <see cref="TryNormalize"/> comes to write something else: it is part of the key.</summary>
    string Name { get; }

    /// <summary>The longest content to be handed over, in bytes; longer content is keyed on its exact octets.</summary>
    int MaximumContentLength { get; }

    /// <summary>Whether content of this type is handed over. Asked once for each content.</summary>
    bool AppliesTo(MediaType mediaType);

    /// <summary>Writes the same octets for all contents that mean the same, and different ones for all others.</summary>
    /// <param name="content">The whole content, its coding removed.</param>
    /// <param name="output">Takes what is to be keyed.</param>
    /// <returns><see langword="false"/> where the content is malformed or leaves a doubt: then its exact octets are keyed.</returns>
    bool TryNormalize(ReadOnlySpan<byte> content, IBufferWriter<byte> output);
}
