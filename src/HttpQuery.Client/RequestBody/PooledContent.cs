using System.Buffers;

namespace HttpQuery.RequestBody;

/// <summary>The bytes of query content in pooled memory, as long as it takes to look them up: a hit allocates nothing that grows with its content.</summary>
internal sealed class PooledContent : IDisposable
{
    private readonly byte[] _array;
    private readonly int _length;

    private PooledContent(byte[] array, int length) => (_array, _length) = (array, length);

    /// <summary>The bytes. The memory is another's after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _array.AsMemory(0, _length);

    /// <summary>Copies content that can be read any number of times.</summary>
    /// <returns><see langword="null"/> if it may be readable only once, or is not as long as it says.</returns>
    public static PooledContent? TryCopy(HttpContent content, int length, CancellationToken cancellationToken)
    {
        // Classes of the application's own may derive from these, and send something else.
        var type = content.GetType();
        if (type != typeof(ByteArrayContent) && type != typeof(StringContent) && type != typeof(FormUrlEncodedContent) && type != typeof(ReadOnlyMemoryContent)) return null;

        var array = ArrayPool<byte>.Shared.Rent(length);
        using var stream = new MemoryStream(array, 0, length);
        try
        {
            content.CopyTo(stream, null, cancellationToken);
            if (stream.Position == length) return new(array, length);
        }
        catch (Exception exception) when (exception is NotSupportedException or HttpRequestException)
        {
            // Its Content-Length is wrong, which is told when it is sent.
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
