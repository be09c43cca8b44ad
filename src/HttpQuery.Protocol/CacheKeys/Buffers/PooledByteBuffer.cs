using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace HttpQuery.CacheKeys.Buffers;

/// <summary>A growing buffer in pooled memory, with writers for the notation of docs/cache-key.md §1.</summary>
internal sealed class PooledByteBuffer : IDisposable
{
    // Replacement characters would make different texts equal.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1024);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = length;

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void WriteLengthPrefixed(ReadOnlySpan<byte> bytes)
    {
        WriteInt32(bytes.Length);
        Write(bytes);
    }

    /// <summary>Starts <c>bytes(x)</c> with a length that is known later. Pass the result to <see cref="EndLengthPrefixed"/>.</summary>
    public int BeginLengthPrefixed()
    {
        WriteInt32(0);
        return Length;
    }

    public void EndLengthPrefixed(int start) => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(start - 4), Length - start);

    /// <summary>Writes text as UTF-8, without a length.</summary>
    /// <exception cref="EncoderFallbackException">The text has an unpaired surrogate; nothing is written.</exception>
    public void WriteText(ReadOnlySpan<char> text)
    {
        var length = StrictUtf8.GetByteCount(text);
        StrictUtf8.GetBytes(text, Take(length));
    }

    /// <summary>Returns the bytes from <paramref name="start"/> on, to change in place.</summary>
    public Span<byte> From(int start) => _bytes.AsSpan(start, Length - start);

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, 2 * _bytes.Length));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
