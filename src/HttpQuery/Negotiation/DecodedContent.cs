using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Negotiation;

/// <summary>Content whose coding a middleware removes while it is read, and the answer where that fails: a broken coding is 400, and content that becomes
/// longer than the server takes is 413 (RFC 9110 §15.5.1, §15.5.14).</summary>
/// <remarks>The framework's parameter binding answers so by itself, most of the time; a handler that reads the content would end in a 500.</remarks>
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

        // Parameter binding leaves it at the status.
        if (content._failure is { } failure && response is { HasStarted: false, ContentLength: null, ContentType: null } && response.StatusCode == failure.StatusCode)
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
            // What BrotliStream throws where others throw InvalidDataException. (Synchronously it is what Kestrel says to synchronous reading.)
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
