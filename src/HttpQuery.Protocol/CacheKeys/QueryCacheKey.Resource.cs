using System.Security.Cryptography;
using HttpQuery.CacheKeys;
using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery;

public readonly partial record struct QueryCacheKey
{
    /// <summary>Creates the key of a resource. With it, an unsafe request invalidates all stored responses for its URI in any
    /// spelling (RFC 9111 §4.4; docs/cache-key.md §9).</summary>
    /// <remarks>Different resources can share a key, which only causes cache misses. Never look up a response with this key.</remarks>
    /// <param name="scheme">The scheme of the target URI, for example <c>https</c>.</param>
    /// <param name="authority">Host and port, for example <c>a.test:8080</c>.</param>
    /// <param name="target">The request target in origin form, never decoded: for example <c>/rfcs/5?a=1</c>.</param>
    /// <exception cref="ArgumentException">An argument has an unpaired surrogate.</exception>
    public static QueryCacheKey FromResource(ReadOnlySpan<char> scheme, ReadOnlySpan<char> authority, ReadOnlySpan<char> target)
    {
        using var preimage = new PooledByteBuffer();
        preimage.WriteByte(SchemeVersion);
        preimage.WriteByte(2);
        var start = preimage.BeginLengthPrefixed();
        preimage.WriteText(scheme);
        AsciiBytes.ToLower(preimage.From(start));
        preimage.EndLengthPrefixed(start);
        ResourceUriWriter.WriteAuthority(preimage, authority, scheme);
        ResourceUriWriter.WritePathAndQuery(preimage, target);

        Span<byte> key = stackalloc byte[Length];
        SHA256.HashData(preimage.Span, key);
        return new(key);
    }
}
