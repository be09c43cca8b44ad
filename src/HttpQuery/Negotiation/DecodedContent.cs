using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Negotiation;

/// <summary>Content whose coding a middleware removes while it is read. If that fails, the response is 400 for a broken coding, and 413 for
/// content that becomes longer than the server accepts (RFC 9110 §15.5.1, §15.5.14).</summary>
/// <remarks>The framework's parameter binding responds like this by itself in most cases; a handler
/// that reads the content would cause a 500.</remarks>
internal sealed class DecodedContent(Stream decoder) : ReadOnlyStream
{
    private readonly Stream _decoder = decoder;
    private BadHttpRequestException? _failure;

    /// <summary>Runs <paramref name="next"/> on the content of <paramref name="context"/>.</summary>
    public static async Task InvokeAsync(RequestDelegate next, HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var content = new DecodedContent(request.Body);
        request.Body = content;
        try
        {
            await next(context);
        }
        catch (Exception) when (content._failure is not null && !response.HasStarted)
        {
            await UnreadableContent.TryAnswer(context, content._failure)!;
            return;
        }
        finally
        {
            request.Body = content._decoder;
        }

        // Parameter binding sets only the status.
        if (content._failure is { } failure
            && response is { HasStarted: false, ContentLength: null, ContentType: null }
            && response.StatusCode == failure.StatusCode)
            await UnreadableContent.TryAnswer(context, failure)!;
    }

    public override bool CanSeek => _decoder.CanSeek;

    public override long Length => _decoder.Length;

    public override long Position { get => _decoder.Position; set => _decoder.Position = value; }

    public override long Seek(long offset, SeekOrigin origin) => _decoder.Seek(offset, origin);

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _decoder.Read(buffer);
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
            return await _decoder.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidOperationException exception) when (exception is not ObjectDisposedException)
        {
            // BrotliStream throws this; other decoders throw InvalidDataException. (In synchronous reads, Kestrel throws it to forbid
            // them.)
            throw _failure ??= new(UnreadableContent.BrokenCoding, exception);
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
            InvalidDataException => new BadHttpRequestException(UnreadableContent.BrokenCoding, exception),
            _ => null,
        };
        return _failure is not null;
    }
}
