using System.Buffers;

namespace HttpQuery.CacheKeys.Codings;

/// <summary>Removes one content coding (docs/cache-key.md, section 5) from content in pieces.</summary>
/// <remarks>
/// Reusable for one content after another, but not thread-safe. Memory is bounded for any content. The sink receives bytes before the
/// decoder knows whether it can remove the coding: they count only if <see cref="Complete"/> returns <see langword="true"/>. Neither
/// that result nor the pieces for the sink depend on how the coded bytes were cut.
/// </remarks>
internal abstract class ContentDecoder : IDisposable
{
    // The limits of section 5. They are part of the scheme: a change is a new version.
    private const int LongestDecoded = 16_777_216;
    private const int DecodedLengthOfAnyRatio = 65_536;
    private const int MaximumRatio = 128;

    private IByteSink? _output;
    private long _appendedLength;
    private int _decodedLength;

    /// <summary>Begins a content and discards an unfinished one.</summary>
    /// <param name="output">Receives the decoded bytes.</param>
    /// <param name="codedLength">The length of the coded bytes, if known. Then decoding ends as soon as the ratio is exceeded.</param>
    public void Start(IByteSink output, long? codedLength = null)
    {
        Stop();
        Begin();
        (_output, CodedLength, _appendedLength, _decodedLength) = (output, codedLength, 0, 0);
        MaximumDecodedLength = codedLength is { } length ? (int)Math.Min(LongestDecoded, LimitOf(length)) : LongestDecoded;
    }

    /// <summary>Decodes the next bytes.</summary>
    /// <returns><see langword="false"/> once the coding cannot be removed. All further calls then return the same at no cost.</returns>
    public bool Append(ReadOnlySpan<byte> coded)
    {
        if (_output is null) return false;

        // For content in pieces, the ratio is checked at the end only: the start may exceed it and the whole may not.
        _appendedLength += coded.Length;
        if (coded.IsEmpty || Decode(coded)) return true;
        Stop();
        return false;
    }

    /// <summary>Decodes all of a content.</summary>
    /// <remarks>Its pieces are joined: a decoder counts the symbols of a whole content before it decodes them, which keeps a decompression
    /// bomb cheap.</remarks>
    /// <returns>As for bytes in one piece.</returns>
    public bool Append(in ReadOnlySequence<byte> coded)
    {
        if (coded.IsSingleSegment) return Append(coded.FirstSpan);

        // Longer content costs more by itself than the most that is decoded.
        if (coded.Length > LongestDecoded)
        {
            foreach (var segment in coded) Append(segment.Span);
            return _output is not null;
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)coded.Length);
        try
        {
            coded.CopyTo(bytes);
            return Append(bytes.AsSpan(0, (int)coded.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Ends the content.</summary>
    /// <returns><see langword="true"/> only if everything in section 5 holds.</returns>
    public bool Complete()
    {
        var removed = _output is not null && IsWhole && _decodedLength <= LimitOf(_appendedLength);
        Stop();
        return removed;
    }

    /// <summary>Releases the memory of an unfinished content. The decoder can be started again.</summary>
    public void Dispose() => Stop();

    /// <summary>Whether the bytes so far are complete content in this coding, including its checksums.</summary>
    protected abstract bool IsWhole { get; }

    /// <summary>The length of the coded bytes, if known.</summary>
    protected long? CodedLength { get; private set; }

    /// <summary>Most bytes to decode, given the known coded length.</summary>
    protected int MaximumDecodedLength { get; private set; }

    /// <summary>Prepares for the first bytes of a content.</summary>
    protected abstract void Begin();

    /// <summary>Decodes one byte or more.</summary>
    /// <returns><see langword="false"/> when this is not content in this coding, or <see cref="Emit"/> refused.</returns>
    protected abstract bool Decode(ReadOnlySpan<byte> coded);

    /// <summary>Releases memory that <see cref="Begin"/> and <see cref="Decode"/> acquired. May be called when there is
    /// none.</summary>
    protected virtual void End()
    {
    }

    /// <summary>Passes decoded bytes to the sink, within the limit of section 5.</summary>
    protected bool Emit(ReadOnlySpan<byte> decoded)
    {
        if (decoded.Length > MaximumDecodedLength - _decodedLength) return false;
        _decodedLength += decoded.Length;
        return decoded.IsEmpty || _output!.Write(decoded);
    }

    private static long LimitOf(long codedLength) => Math.Max(DecodedLengthOfAnyRatio, MaximumRatio * codedLength);

    private void Stop()
    {
        _output = null;
        End();
    }
}
