using System.Buffers;
using System.Security.Cryptography;

namespace HttpQuery.CacheKeys.Content;

/// <summary>Computes the SHA-256 of the bytes written to it. Holds only a small buffer.</summary>
internal sealed class DigestWriter : IBufferWriter<byte>, IDisposable
{
    private const int BufferLength = 8 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
    private int _length;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Adds bytes. Long spans go to the hash without a copy.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _buffer.Length - _length)
        {
            bytes.CopyTo(_buffer.AsSpan(_length));
            _length += bytes.Length;
            return;
        }

        Flush();
        if (bytes.Length < _buffer.Length / 2) Write(bytes);
        else _hash.AppendData(bytes);
    }

    /// <summary>Discards everything written.</summary>
    public void Reset()
    {
        _length = 0;
        Span<byte> unused = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(unused);
    }

    /// <summary>Returns the digest of everything written since the start or the last digest.</summary>
    public void GetDigest(Span<byte> destination)
    {
        Flush();
        _hash.GetHashAndReset(destination);
    }

    public void Dispose()
    {
        _hash.Dispose();
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Reserve(int sizeHint)
    {
        if (_buffer.Length - _length >= Math.Max(1, sizeHint)) return;
        Flush();
        if (_buffer.Length >= sizeHint) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(sizeHint);
    }

    private void Flush()
    {
        _hash.AppendData(_buffer.AsSpan(0, _length));
        _length = 0;
    }
}
