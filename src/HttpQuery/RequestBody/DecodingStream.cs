using Microsoft.AspNetCore.Http;

namespace HttpQuery.RequestBody;

/// <summary>Content whose coding a middleware removes while it is read. A failure is thrown as the client's error, and kept.</summary>
internal sealed class DecodingStream(Stream decoder) : ReadOnlyStream
{
    public const string BrokenCoding = "The content cannot be decoded.";

    private BadHttpRequestException? _failure;

    /// <summary>Why the content could not be read: 400 for a broken coding, 413 for content that becomes longer than the server accepts
    /// (RFC 9110 §15.5.1, §15.5.14). <see langword="null"/> if no read has failed.</summary>
    public BadHttpRequestException? Failure => _failure;

    public override bool CanSeek => decoder.CanSeek;

    public override long Length => decoder.Length;

    public override long Position { get => decoder.Position; set => decoder.Position = value; }

    public override long Seek(long offset, SeekOrigin origin) => decoder.Seek(offset, origin);

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return decoder.Read(buffer);
        }
        catch (Exception exception) when (Note(exception))
        {
            throw _failure!;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await decoder.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidOperationException exception) when (exception is not ObjectDisposedException)
        {
            // BrotliStream throws this; other decoders throw InvalidDataException. (In synchronous reads, Kestrel throws it to forbid
            // them.)
            throw _failure ??= new(BrokenCoding, exception);
        }
        catch (Exception exception) when (Note(exception))
        {
            throw _failure!;
        }
    }

    private bool Note(Exception exception)
    {
        _failure ??= exception switch
        {
            BadHttpRequestException refused => refused,
            InvalidDataException => new BadHttpRequestException(BrokenCoding, exception),
            _ => null,
        };
        return _failure is not null;
    }
}
