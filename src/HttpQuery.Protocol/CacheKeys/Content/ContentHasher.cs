using System.Buffers;
using System.Security.Cryptography;
using HttpQuery.CacheKeys.Codings;
using HttpQuery.CacheKeys.Headers;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.CacheKeys.Content;

/// <summary>Hashes one content twice at the same time: its exact bytes, and its decoded and normalized form.</summary>
/// <remarks>The end of the content decides which digest counts (docs/cache-key.md §5, §6).</remarks>
internal sealed class ContentHasher(IQueryContentNormalizer[] normalizers) : IByteSink, IDisposable
{
    private readonly IncrementalHash _received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _decoded = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly DigestWriter _normalized = new();
    private readonly ContentNormalizerCache _normalizers = new(normalizers);
    private readonly ContentDecoderCache _decoders = new();
    private long? _length;
    private ContentDecoder? _decoder;
    private ContentNormalizer? _normalizer;
    private Sha256Digest _receivedDigest;
    private bool _isReceived;
    private bool _isNormalizing;

    /// <summary>Begins a content.</summary>
    /// <param name="fields">The headers of the request.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="claims">The differences that its reader ignores.</param>
    /// <param name="length">Its length in bytes, if known.</param>
    public void Start(KeyHeaders fields, ContentTypeHeader contentType, QueryNormalizations claims, long? length)
    {
        (_length, _isReceived, _isNormalizing) = (length, false, false);
        (_decoder, _normalizer) = (null, null);
        _received.AppendData([ContentDomain.Exact]);
        if (fields.CountsExactly || GetCoding(fields, claims) is not { } coding) return;

        _normalizer = _normalizers.GetOrCreate(contentType, claims);
        if (coding is not Coding.None) _decoder = _decoders.GetOrCreate(coding);
    }

    /// <summary>Adds bytes to the exact digest, and to the decoder or normalizer.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _received.AppendData(bytes);
        BeginNormalizing();
        if (_decoder is not null) _decoder.Append(bytes);
        else _normalizer?.Append(bytes);
    }

    /// <summary>Adds all bytes of a content.</summary>
    public void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            if (_decoder is null) Append(segment.Span);
            else _received.AppendData(segment.Span);
        }
        if (_decoder is null) return;
        BeginNormalizing();
        _decoder.Append(bytes);
    }

    /// <summary>Ends the content.</summary>
    public ContentKey Complete()
    {
        EndReceiving();
        if (_decoder is null && _normalizer is null) return new(ContentDomain.Exact, false, _receivedDigest);

        BeginNormalizing();
        var content = Decide();
        (_decoder, _normalizer) = (null, null);
        return content;
    }

    /// <summary>Discards an unfinished content.</summary>
    public void Abandon()
    {
        EndReceiving();
        if (_isNormalizing)
        {
            // An idle builder must not hold the memory of a decoder.
            _decoder?.Dispose();
            Span<byte> unused = stackalloc byte[SHA256.HashSizeInBytes];
            if (_decoder is not null) _decoded.GetHashAndReset(unused);
            _normalized.Reset();
        }
        (_decoder, _normalizer) = (null, null);
    }

    bool IByteSink.Write(ReadOnlySpan<byte> bytes)
    {
        _decoded.AppendData(bytes);
        _normalizer?.Append(bytes);
        return true;
    }

    public void Dispose()
    {
        _received.Dispose();
        _decoded.Dispose();
        _normalized.Dispose();
        _normalizers.Dispose();
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

        if (_normalizer is null) return new(ContentDomain.Exact, wasCoded, new(digest));
        if (_normalizer.Complete(out var domain))
        {
            _normalized.GetDigest(digest);
            return new(domain, wasCoded, new(digest));
        }

        _normalized.Reset();
        return wasCoded ? new(ContentDomain.Exact, true, new(digest)) : new(ContentDomain.Exact, false, _receivedDigest);
    }

    // Started at the first bytes only, because decoders hold buffers.
    private void BeginNormalizing()
    {
        if (_isNormalizing) return;
        _isNormalizing = true;
        _decoder?.Start(this, _length);
        if (_decoder is not null) _decoded.AppendData([ContentDomain.Exact]);
        _normalizer?.Start(_normalized);
    }

    private void EndReceiving()
    {
        if (_isReceived) return;
        _received.GetHashAndReset(_receivedDigest);
        _isReceived = true;
    }

    // Null for a coding that is not removed.
    private static Coding? GetCoding(KeyHeaders fields, QueryNormalizations claims)
    {
        var count = fields.Count(KeyHeaderKind.ContentEncoding);
        if (count == 0) return Coding.None;
        return count > 1 ? null : ContentDecoderCache.GetCoding(fields.First(KeyHeaderKind.ContentEncoding), claims);
    }
}
