using System.Security.Cryptography;

namespace HttpQuery.CacheKeys;

/// <summary>Reads one content: its exact octets and, side by side, what is left when its coding and what is without meaning are removed.</summary>
/// <remarks>Which of them counts is known at the end (docs/cache-key.md §5, §6).</remarks>
internal sealed class ContentReading(QueryCacheKeyScheme scheme) : IOctetSink, IDisposable
{
    private readonly IncrementalHash _received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _decoded = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly DigestWriter _normalized = new();
    private readonly ContentNormalizations _normalizations = new(scheme);
    private readonly ContentDecoders _decoders = new();
    private long? _length;
    private ushort _reading;
    private ContentDecoder? _decoder;
    private ContentNormalization? _normalization;
    private Digest _receivedDigest;
    private bool _isReceived;
    private bool _isNormalizing;

    /// <summary>Begins a content.</summary>
    /// <param name="fields">What the request says of it.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="claims">What its reader does not see.</param>
    /// <param name="length">Its length, where it comes whole: first to <see cref="Receive"/>, and to <see cref="Normalize"/> if it is not recalled.</param>
    public void Start(RequestFields fields, ContentTypeLine contentType, QueryNormalizations claims, long? length)
    {
        (_length, _isReceived, _isNormalizing) = (length, false, false);
        (_decoder, _normalization, _reading) = (null, null, 0);
        _received.AppendData([ContentDomain.Exact]);
        if (fields.CountsExactly || CodingOf(fields, claims) is not { } coding) return;

        var index = _normalizations.Find(contentType, claims, out _normalization);
        if (coding is not Coding.None) _decoder = _decoders.Find(coding);
        if (_decoder is null && _normalization is null) return;

        // Claims alone do not decide what is read, and what is read tells what is remembered apart.
        _reading = (ushort)(((int)coding << 12) | index | 0x800);
    }

    /// <summary>Takes octets for all that is read of them.</summary>
    public void Append(ReadOnlySpan<byte> octets)
    {
        Receive(octets);
        Normalize(octets);
    }

    /// <summary>Takes octets as they are.</summary>
    public void Receive(ReadOnlySpan<byte> octets) => _received.AppendData(octets);

    /// <summary>Takes octets for what is to be removed from them.</summary>
    public void Normalize(ReadOnlySpan<byte> octets)
    {
        BeginNormalizing();
        if (_decoder is not null) _decoder.Append(octets);
        else _normalization?.Append(octets);
    }

    /// <summary>Whether the octets received, all of them, were read in this way before.</summary>
    public bool TryRecall(out ContentKey content)
    {
        EndReceiving();
        if (_reading == 0)
        {
            content = new(ContentDomain.Exact, false, _receivedDigest);
            return true;
        }
        if (scheme.Memo is null || !scheme.Memo.TryGet(_receivedDigest, _reading, out content))
        {
            content = default;
            return false;
        }

        Abandon();
        return true;
    }

    /// <summary>Ends the content.</summary>
    public ContentKey Complete()
    {
        EndReceiving();
        if (_reading == 0) return new(ContentDomain.Exact, false, _receivedDigest);

        BeginNormalizing();
        var content = Decide();
        if (_length is not null) scheme.Memo?.Set(_receivedDigest, _reading, content);
        (_decoder, _normalization, _reading) = (null, null, 0);
        return content;
    }

    /// <summary>Forgets a content that was begun.</summary>
    public void Abandon()
    {
        EndReceiving();
        if (_isNormalizing)
        {
            // What a decoder has taken, native memory too, is not for a builder that waits.
            _decoder?.Dispose();
            Span<byte> unused = stackalloc byte[SHA256.HashSizeInBytes];
            if (_decoder is not null) _decoded.GetHashAndReset(unused);
            _normalized.Reset();
        }
        (_decoder, _normalization, _reading) = (null, null, 0);
    }

    bool IOctetSink.Write(ReadOnlySpan<byte> octets)
    {
        _decoded.AppendData(octets);
        _normalization?.Append(octets);
        return true;
    }

    public void Dispose()
    {
        _received.Dispose();
        _decoded.Dispose();
        _normalized.Dispose();
        _normalizations.Dispose();
        _decoders.Dispose();
    }

    private ContentKey Decide()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var wasCoded = _decoder is not null;
        if (wasCoded) _decoded.GetHashAndReset(digest);
        if (wasCoded && !_decoder!.Complete())
        {
            _normalized.Reset();
            return new(ContentDomain.Exact, false, _receivedDigest);
        }

        if (_normalization is null) return new(ContentDomain.Exact, wasCoded, new(digest));
        if (_normalization.Complete(out var domain))
        {
            _normalized.GetDigest(digest);
            return new(domain, wasCoded, new(digest));
        }

        _normalized.Reset();
        return wasCoded ? new(ContentDomain.Exact, true, new(digest)) : new(ContentDomain.Exact, false, _receivedDigest);
    }

    // Not before there is need: content that is recalled is not read a second time.
    private void BeginNormalizing()
    {
        if (_isNormalizing) return;
        _isNormalizing = true;
        _decoder?.Start(this, _length);
        if (_decoder is not null) _decoded.AppendData([ContentDomain.Exact]);
        _normalization?.Start(_normalized);
    }

    private void EndReceiving()
    {
        if (_isReceived) return;
        _received.GetHashAndReset(_receivedDigest);
        _isReceived = true;
    }

    // Null: a coding that is not removed.
    private static Coding? CodingOf(RequestFields fields, QueryNormalizations claims)
    {
        var count = fields.Count(FieldKind.ContentEncoding);
        if (count == 0) return Coding.None;
        return count > 1 ? null : ContentDecoders.CodingOf(fields.First(FieldKind.ContentEncoding), claims);
    }
}
