using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.CacheKeys;

namespace HttpQuery;

/// <summary>The key under which a cache keeps what it knows of a request: 32 octets that hold nothing of the request itself
/// (RFC 10008 §2.7; the scheme: docs/cache-key.md).</summary>
/// <remarks>Made by <see cref="CacheKeys.QueryCacheKeyBuilder"/>. Two requests have equal keys only if their reader receives the
/// same bytes, or has declared that it treats them as equal.</remarks>
public readonly partial record struct QueryCacheKey : ISpanFormattable
{
    /// <summary>The length in octets: 32.</summary>
    public const int Length = 32;

    /// <summary>The version of the scheme: 1. Keys of different versions never meet.</summary>
    public const int SchemeVersion = 1;

    private readonly Octets _octets;

    /// <summary>Takes the octets of a key, for example from a store.</summary>
    /// <exception cref="ArgumentException"><paramref name="octets"/> are not 32.</exception>
    public QueryCacheKey(ReadOnlySpan<byte> octets)
    {
        if (octets.Length != Length) throw new ArgumentException($"A key has {Length} octets.", nameof(octets));
        octets.CopyTo(_octets);
    }

    /// <summary>Reads 64 hexadecimal digits, in any case.</summary>
    /// <returns><see langword="false"/> when <paramref name="text"/> is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out QueryCacheKey key)
    {
        Span<byte> octets = stackalloc byte[Length];
        var parsed = text.Length == 2 * Length && Convert.FromHexString(text, octets, out _, out _) is System.Buffers.OperationStatus.Done;
        key = parsed ? new(octets) : default;
        return parsed;
    }

    /// <summary>Copies the 32 octets.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_octets).CopyTo(destination);

    /// <summary>Compares octet by octet.</summary>
    public bool Equals(QueryCacheKey other) => ((ReadOnlySpan<byte>)_octets).SequenceEqual(other._octets);

    /// <summary>Another number in each process, so that a client cannot prepare keys that collide in a table.</summary>
    public override int GetHashCode() => KeyHashCode.Compute(_octets);

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(_octets);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null) =>
        Convert.TryToHexStringLower(_octets, destination, out charsWritten);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    [InlineArray(Length)]
    [SuppressMessage("Style", "IDE0044", Justification = "An inline array's element.")]
    private struct Octets
    {
        private byte _first;
    }
}
