using System.Buffers;

namespace HttpQuery.RequestBody;

/// <summary>The bytes of query content in pooled memory, for the time of a lookup.</summary>
/// <remarks>A hit allocates nothing that grows with the content.</remarks>
internal sealed class PooledContent : IDisposable
{
    private readonly byte[] _array;
    private readonly int _length;

    private PooledContent(byte[] array, int length) => (_array, _length) = (array, length);

    /// <summary>The bytes. Do not use them after <see cref="Dispose"/>: the memory returns to the pool.</summary>
    public ReadOnlyMemory<byte> Bytes => _array.AsMemory(0, _length);

    /// <summary>Copies content that can be read any number of times.</summary>
    /// <returns><see langword="null"/> if the content may be readable only once, or its length is not the declared one.</returns>
    public static PooledContent? TryCopy(HttpContent content, int length, CancellationToken cancellationToken)
    {
        // Application classes may derive from these and send other bytes.
        var type = content.GetType();
        if (type != typeof(ByteArrayContent) && type != typeof(StringContent)
            && type != typeof(BufferedContent) && type != typeof(FormUrlEncodedContent) && type != typeof(ReadOnlyMemoryContent))
        {
            return null;
        }

        var array = ArrayPool<byte>.Shared.Rent(length);
        using var stream = new MemoryStream(array, 0, length);
        try
        {
            content.CopyTo(stream, null, cancellationToken);
            if (stream.Position == length) return new(array, length);
        }
        catch (Exception exception) when (exception is NotSupportedException or HttpRequestException)
        {
            // Content-Length is wrong: sending the content reports it.
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(array);
            throw;
        }
        ArrayPool<byte>.Shared.Return(array);
        return null;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);
}
