using System.Buffers;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>Reads one content in pieces and writes its normalized octets (docs/cache-key.md, section 6).</summary>
/// <remarks>Where the content is cut into pieces never shows in what is written. What was written before a refusal is to be thrown away.
/// An instance serves one content after the other, on one thread at a time.</remarks>
internal abstract class ContentNormalizer : IDisposable
{
    /// <summary>Begins a content, whatever became of the one before. Everything written goes to <paramref name="output"/>, the domain
    /// octet first.</summary>
    public abstract void Start(IBufferWriter<byte> output);

    /// <summary>Takes the next octets.</summary>
    /// <returns><see langword="false"/> once the content is known to be refused; further calls cost nothing.</returns>
    public abstract bool Append(ReadOnlySpan<byte> octets);

    /// <summary>Ends the content.</summary>
    /// <param name="domain">The domain octet that counts in the key.</param>
    /// <returns><see langword="false"/> where the content is refused: then its exact octets count.</returns>
    public abstract bool Complete(out byte domain);

    /// <summary>Returns pooled memory.</summary>
    public virtual void Dispose()
    {
    }
}
