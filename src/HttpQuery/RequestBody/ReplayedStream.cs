using Microsoft.AspNetCore.Http;

namespace HttpQuery.RequestBody;

/// <summary>Bytes that were already read, followed by the rest of the stream that they came from.</summary>
internal sealed class ReplayedStream(ReadOnlyMemory<byte> first, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _first = first;

    /// <summary>Gives the request a body to which bytes can be put back: a handler may hold it before the content is read ahead.</summary>
    public static RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        if (!context.Request.Body.CanSeek) context.Request.Body = new ReplayedStream(default, context.Request.Body);
        return next(context);
    };

    /// <summary>Puts bytes back, so that they are read again.</summary>
    public void PutBack(ReadOnlyMemory<byte> bytes) => _first = bytes;

    public override int Read(Span<byte> buffer) => _first.IsEmpty ? rest.Read(buffer) : ReadFirst(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _first.IsEmpty ? rest.ReadAsync(buffer, cancellationToken) : new(ReadFirst(buffer.Span));

    private int ReadFirst(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _first.Length);
        _first.Span[..count].CopyTo(buffer);
        _first = _first[count..];
        return count;
    }
}
