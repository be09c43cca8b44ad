using System.Buffers;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>Reads one content in pieces and writes its normalized bytes (docs/cache-key.md, section 6).</summary>
/// <remarks>The output does not depend on how the content is cut into pieces. After a refusal, discard the output.
/// An instance serves one content after another, on one thread at a time.</remarks>
internal abstract class ContentNormalizer : IDisposable
{
    /// <summary>Begins a content, in any state of the one before. All output goes to <paramref name="output"/>, the domain
    /// byte first.</summary>
    public abstract void Start(IBufferWriter<byte> output);

    /// <summary>Reads the next bytes.</summary>
    /// <returns><see langword="false"/> once the content is refused. Further calls then cost nothing.</returns>
    public abstract bool Append(ReadOnlySpan<byte> bytes);

    /// <summary>Ends the content.</summary>
    /// <param name="domain">The domain byte for the key.</param>
    /// <returns><see langword="false"/> when the content is refused: then its exact bytes count.</returns>
    public abstract bool Complete(out byte domain);

    /// <summary>Returns pooled memory.</summary>
    public virtual void Dispose()
    {
    }
}
