using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Adapters;

/// <summary>Writes the values that identify a user, and returns their SHA-256.</summary>
/// <remarks>A count precedes each list and a length precedes each text, so no user can imitate another. Texts are written as their UTF-16
/// bytes, because encodings make all lone surrogates equal.</remarks>
internal readonly struct IdentityDigest() : IDisposable
{
    private const int None = -1;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Writes a number, such as the count of the values that follow.</summary>
    public void Add(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    /// <summary>Writes a text. <see langword="null"/> differs from an empty text.</summary>
    public void Add(string? text)
    {
        Add(text?.Length ?? None);
        _hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>Writes bytes. <see langword="null"/> differs from zero bytes.</summary>
    public void Add(byte[]? bytes)
    {
        Add(bytes?.Length ?? None);
        _hash.AppendData(bytes.AsSpan());
    }

    /// <summary>Writes a named value with all its lines.</summary>
    public void Add(string name, StringValues lines)
    {
        Add(name);
        Add(lines.Count);
        foreach (var line in lines) Add(line);
    }

    /// <summary>Returns the digest and resets it.</summary>
    public byte[] Complete() => _hash.GetHashAndReset();

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
