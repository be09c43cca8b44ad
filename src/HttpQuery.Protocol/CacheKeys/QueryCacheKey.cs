using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.CacheKeys;

namespace HttpQuery;

/// <summary>The key under which a cache stores the response to a request: 32 bytes that reveal nothing of the request
/// (RFC 10008 §2.7; the scheme: docs/cache-key.md).</summary>
/// <remarks>Created by <see cref="CacheKeys.QueryCacheKeyBuilder"/>. Two requests have equal keys only if the application or origin
/// that reads them receives the same bytes, or has declared that it treats them as equal.</remarks>
public readonly partial record struct QueryCacheKey : ISpanFormattable
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Length = 32;

    /// <summary>The version of the scheme: 1. Keys of different versions are never equal.</summary>
    public const int SchemeVersion = 1;

    private readonly KeyBytes _bytes;

    /// <summary>Creates a key from its bytes, for example from a store.</summary>
    /// <exception cref="ArgumentException">The length of <paramref name="octets"/> is not 32.</exception>
    public QueryCacheKey(ReadOnlySpan<byte> octets)
    {
        if (octets.Length != Length) throw new ArgumentException($"A key has {Length} bytes.", nameof(octets));
        octets.CopyTo(_bytes);
    }

    /// <summary>Parses 64 hexadecimal digits, in any case.</summary>
    /// <returns><see langword="false"/> when <paramref name="text"/> is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out QueryCacheKey key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = text.Length == 2 * Length && Convert.FromHexString(text, bytes, out _, out _) is System.Buffers.OperationStatus.Done;
        key = parsed ? new(bytes) : default;
        return parsed;
    }

    /// <summary>Copies the 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>Compares byte by byte.</summary>
    public bool Equals(QueryCacheKey other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <summary>Differs from process to process, so that clients cannot prepare keys that collide in a hash table.</summary>
    public override int GetHashCode() => KeyHashCode.Compute(_bytes);

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);

    /// <inheritdoc/>
    public bool TryFormat(
        Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Convert.TryToHexStringLower(_bytes, destination, out charsWritten);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    [InlineArray(Length)]
    [SuppressMessage("Style", "IDE0044", Justification = "An inline array's element.")]
    private struct KeyBytes
    {
        private byte _first;
    }
}
