using System.Runtime.CompilerServices;

namespace HttpQuery.CacheKeys.Content;

/// <summary>The part of the key that stands for the content (docs/cache-key.md §6).</summary>
internal readonly record struct ContentKey(byte Domain, bool CodingRemoved, Sha256Digest Digest);

/// <summary>The 32 bytes of a SHA-256 digest.</summary>
[InlineArray(32)]
internal struct Sha256Digest
{
    private byte _first;

    public Sha256Digest(ReadOnlySpan<byte> bytes) => bytes.CopyTo(this);

    public readonly bool Equals(ReadOnlySpan<byte> bytes) => ((ReadOnlySpan<byte>)this).SequenceEqual(bytes);
}
