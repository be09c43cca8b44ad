namespace HttpQuery.CacheKeys.Codings;

/// <summary>Removes one content coding (docs/cache-key.md, section 5) from content that comes in pieces.</summary>
/// <remarks>
/// Reusable for one content after another, not by two threads at once, and bounded in memory whatever the content. The sink is given
/// octets before it is known whether the coding can be removed: they count only where <see cref="Complete"/> returns
/// <see langword="true"/>. Neither that nor the pieces the sink is given depend on how the coded octets were cut.
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

    /// <summary>Begins a content; one that was begun before is forgotten.</summary>
    /// <param name="output">Takes the decoded octets.</param>
    /// <param name="codedLength">The length of the coded octets, where it is known: then decoding ends as soon as the ratio is exceeded.</param>
    public void Start(IByteSink output, long? codedLength = null)
    {
        Stop();
        Begin();
        (_output, CodedLength, _appendedLength, _decodedLength) = (output, codedLength, 0, 0);
        MaximumDecodedLength = codedLength is { } length ? (int)Math.Min(LongestDecoded, LimitOf(length)) : LongestDecoded;
    }

    /// <summary>Takes the next coded octets.</summary>
    /// <returns><see langword="false"/> once the coding cannot be removed; all further calls, which cost nothing, say the same.</returns>
    public bool Append(ReadOnlySpan<byte> coded)
    {
        if (_output is null) return false;

        // Of content in pieces, the ratio is judged at the end alone: a start that is over it can be the start of content that is not.
        _appendedLength += coded.Length;
        if (coded.IsEmpty || Decode(coded)) return true;
        Stop();
        return false;
    }

    /// <summary>Ends the content.</summary>
    /// <returns><see langword="true"/> only where everything in section 5 holds.</returns>
    public bool Complete()
    {
        var removed = _output is not null && IsWhole && _decodedLength <= LimitOf(_appendedLength);
        Stop();
        return removed;
    }

    /// <summary>Gives back what the content under way holds; the decoder can be started again.</summary>
    public void Dispose() => Stop();

    /// <summary>Whether the octets taken so far are whole content in this coding, its checksums included.</summary>
    protected abstract bool IsWhole { get; }

    /// <summary>The length of the coded octets, if it is known.</summary>
    protected long? CodedLength { get; private set; }

    /// <summary>The most octets that may be decoded, by what is known of the coded length.</summary>
    protected int MaximumDecodedLength { get; private set; }

    /// <summary>Prepares for the first octets of a content.</summary>
    protected abstract void Begin();

    /// <summary>Takes one octet or more.</summary>
    /// <returns><see langword="false"/> where this cannot be content in this coding, or <see cref="Emit"/> refused.</returns>
    protected abstract bool Decode(ReadOnlySpan<byte> coded);

    /// <summary>Gives back what <see cref="Begin"/> and <see cref="Decode"/> took; also called where there is nothing to give
    /// back.</summary>
    protected virtual void End()
    {
    }

    /// <summary>Hands decoded octets to the sink, within the limit of section 5.</summary>
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
