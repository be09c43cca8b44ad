using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace HttpQuery.Equivalents;

/// <summary>The keys that one secret of <see cref="HttpQueryOptions.LocationKeys"/> gives: for digests, tags and encryption.</summary>
internal sealed class LocationKey
{
    /// <summary>Length of a digest of a query or a result, in bytes.</summary>
    public const int DigestLength = 16;

    /// <summary>Length of a tag, in bytes.</summary>
    public const int TagLength = 16;

    /// <summary>Length that encryption adds, in bytes.</summary>
    public const int EncryptionOverhead = NonceLength + TagLength;

    private const int NonceLength = 12;

    private readonly byte[] _digest;
    private readonly byte[] _tag;
    private readonly byte[] _nonce;

    // A cipher serves one caller at a time.
    private readonly DefaultObjectPool<AesGcm> _ciphers;

    public LocationKey(string secret)
    {
        var input = Encoding.UTF8.GetBytes(secret);
        (_digest, _tag) = (Derive("digest"), Derive("tag"));
        _nonce = Derive("nonce");
        _ciphers = new(new CipherPolicy(Derive("encryption")));

        byte[] Derive(string purpose) => HKDF.DeriveKey(
            HashAlgorithmName.SHA256, input, SHA256.HashSizeInBytes, salt: [],
            info: Encoding.UTF8.GetBytes("HttpQuery location " + purpose));
    }

    /// <summary>Writes the keyed digest of data.</summary>
    public void Digest(ReadOnlySpan<byte> data, Span<byte> digest) => Hash(_digest, data, digest[..DigestLength]);

    /// <summary>Appends a tag to the beginning of a token, which tells that this key made it.</summary>
    public byte[] Sign(ReadOnlySpan<byte> head)
    {
        var token = new byte[head.Length + TagLength];
        head.CopyTo(token);
        Hash(_tag, head, token.AsSpan(head.Length));
        return token;
    }

    /// <summary>Whether this key made the tag at the end of a token.</summary>
    public bool HasSigned(ReadOnlySpan<byte> token)
    {
        Span<byte> tag = stackalloc byte[TagLength];
        Hash(_tag, token[..^TagLength], tag);
        return CryptographicOperations.FixedTimeEquals(tag, token[^TagLength..]);
    }

    /// <summary>Encrypts text, the same text always the same way.</summary>
    /// <remarks>AES-GCM. The nonce is a keyed digest of the text and its context, so different texts have different nonces.</remarks>
    /// <param name="kind">First byte of the token; authenticated.</param>
    /// <param name="context">Further data that the nonce depends on.</param>
    /// <param name="text">The text.</param>
    public byte[] Encrypt(byte kind, ReadOnlySpan<byte> context, ReadOnlySpan<byte> text)
    {
        var token = new byte[1 + NonceLength + text.Length + TagLength];
        token[0] = kind;
        var nonce = token.AsSpan(1, NonceLength);
        Hash(_nonce, [.. context, .. text], nonce);
        var cipher = _ciphers.Get();
        cipher.Encrypt(nonce, text, token.AsSpan(1 + NonceLength, text.Length), token.AsSpan(^TagLength..), token.AsSpan(0, 1));
        _ciphers.Return(cipher);
        return token;
    }

    /// <summary>Decrypts a token; <see langword="null"/> if this key did not make it.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> token)
    {
        var length = token.Length - 1 - NonceLength - TagLength;
        if (length < 0) return null;
        var text = new byte[length];
        var cipher = _ciphers.Get();
        try
        {
            cipher.Decrypt(token.Slice(1, NonceLength), token.Slice(1 + NonceLength, length), token[^TagLength..], text, token[..1]);
            return text;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            _ciphers.Return(cipher);
        }
    }

    private static void Hash(byte[] key, ReadOnlySpan<byte> data, Span<byte> start)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, data, hash);
        hash[..start.Length].CopyTo(start);
    }

    private sealed class CipherPolicy(byte[] key) : PooledObjectPolicy<AesGcm>
    {
        public override AesGcm Create() => new(key, TagLength);

        public override bool Return(AesGcm obj) => true;
    }
}
