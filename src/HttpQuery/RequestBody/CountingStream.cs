using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.RequestBody;

/// <summary>Counts the bytes of content whose length was not declared.</summary>
internal sealed class CountingStream(Stream body, PipeReader? serverReader) : ReadOnlyStream
{
    private long _count;

    /// <summary>The server's reader of the body, if it is the server's own. What it reads must be passed to <see cref="Add"/>.</summary>
    public PipeReader? ServerReader => serverReader;

    /// <summary>Returns the declared content length, or the bytes read so far; <see langword="null"/> if they are not counting.</summary>
    public static long? GetLength(HttpContext context) => context.Request.ContentLength ?? context.Features.Get<CountingStream>()?._count;

    /// <summary>Counts from here on, if there is content to count.</summary>
    public static void Attach(HttpContext context)
    {
        if (context.Request.ContentLength is not null
            || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            || context.Request.Body.CanSeek)
            return;
        var counting = new CountingStream(context.Request.Body, BufferedContent.GetServerReader(context));
        context.Request.Body = counting;
        context.Features.Set(counting);
    }

    public override int Read(Span<byte> buffer) => Add(body.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Add(await body.ReadAsync(buffer, cancellationToken));

    public int Add(int count)
    {
        _count += count;
        return count;
    }
}
