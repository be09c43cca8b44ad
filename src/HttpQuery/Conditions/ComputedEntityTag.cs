using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace HttpQuery.Conditions;

/// <summary>Computes entity tags: 128 bits of a SHA-256, in base64url.</summary>
internal static class ComputedEntityTag
{
    private const int TagLength = 16;

    /// <param name="context">More input that the tag depends on. Its length is hashed first, so that it
    /// cannot run into <paramref name="bytes"/>.</param>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="isWeak">Whether the tag is weak.</param>
    public static EntityTag Create(string context, ReadOnlySpan<byte> bytes, bool isWeak)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.Length}:{context}"));
        hash.AppendData(bytes);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new(Base64Url.EncodeToString(digest[..TagLength]), isWeak);
    }
}
