using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>Writes what identifies a user, and returns its SHA-256.</summary>
/// <remarks>A count stands before each list and a length before each text, so no user can imitate another. Texts are the bytes of their UTF-16: encodings make all lone surrogates equal.</remarks>
internal readonly struct IdentityDigest() : IDisposable
{
    private const int None = -1;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Writes a number, such as the count of what follows.</summary>
    public void Add(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    /// <summary>Writes a text. No text differs from an empty one.</summary>
    public void Add(string? text)
    {
        Add(text?.Length ?? None);
        _hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>Writes bytes. No bytes differ from zero bytes.</summary>
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

    /// <summary>Returns the digest, and starts anew.</summary>
    public byte[] Complete() => _hash.GetHashAndReset();

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
