using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace HttpQuery.Equivalents;

/// <summary>The last segment of an equivalent resource's URI: base64url of a kind and of what follows it.</summary>
internal static class LocationToken
{
    /// <summary>A query that the token contains, encrypted.</summary>
    public const byte Query = 1;

    /// <summary>A query in the store.</summary>
    public const byte StoredQuery = 2;

    /// <summary>A result in the store.</summary>
    public const byte StoredResult = 3;

    // Far above the longest token that an option allows.
    private const int MaximumLength = 16 * 1024;

    // Padding makes the shortest query one block.
    private const int MinimumQueryLength = 1 + LocationKey.EncryptionOverhead + 16;

    private const int StoredQueryLength = 1 + LocationKey.DigestLength + LocationKey.TagLength;
    private const int StoredResultLength = StoredQueryLength + sizeof(uint);

    /// <summary>Returns the bytes of a token; <see langword="null"/> if it is not one, or not in its canonical spelling.</summary>
    public static byte[]? Parse(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaximumLength) return null;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) is not OperationStatus.Done || length == 0) return null;
        Array.Resize(ref bytes, length);

        // The decoder takes white space, padding and unused bits.
        if (!Base64Url.EncodeToString(bytes).AsSpan().SequenceEqual(text)) return null;
        return bytes[0] switch
        {
            Query when length >= MinimumQueryLength => bytes,
            StoredQuery when length == StoredQueryLength => bytes,
            StoredResult when length == StoredResultLength => bytes,
            _ => null,
        };
    }

    public static string Format(ReadOnlySpan<byte> token) => Base64Url.EncodeToString(token);

    /// <summary>Makes the token of a query in the store.</summary>
    public static byte[] ForStoredQuery(LocationKey key, ReadOnlySpan<byte> digest) => key.Sign([StoredQuery, .. digest]);

    /// <summary>Makes the token of a result in the store.</summary>
    /// <param name="key">The key that signs.</param>
    /// <param name="expires">When the result expires.</param>
    /// <param name="digest">Digest of the result.</param>
    public static byte[] ForStoredResult(LocationKey key, DateTimeOffset expires, ReadOnlySpan<byte> digest)
    {
        Span<byte> head = stackalloc byte[StoredResultLength - LocationKey.TagLength];
        head[0] = StoredResult;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)expires.ToUnixTimeSeconds());
        digest.CopyTo(head[(1 + sizeof(uint))..]);
        return key.Sign(head);
    }

    /// <summary>When the result of a token expires.</summary>
    public static DateTimeOffset GetExpiry(ReadOnlySpan<byte> token) =>
        DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(token[1..]));

    /// <summary>The digest in the token of a query or a result in the store.</summary>
    public static ReadOnlySpan<byte> GetDigest(ReadOnlySpan<byte> token) =>
        token[..^LocationKey.TagLength][^LocationKey.DigestLength..];
}
