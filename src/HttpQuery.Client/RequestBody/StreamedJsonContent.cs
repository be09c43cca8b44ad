using System.Net;

namespace HttpQuery.RequestBody;

/// <summary>Content whose serialization has begun before the request is sent, and goes on into the connection. It can be sent once.</summary>
internal sealed class StreamedJsonContent(BufferingWriteStream sink, Task serialization) : HttpContent
{
    private int _isSent;

    public static InvalidOperationException AlreadySent() => new(
        "The JSON content has been serialized before. It cannot be serialized again, because a sequence in it may be readable only once. "
        + "To send it again, make new content, or serialize to a ByteArrayContent. Content up to PrivateCacheOptions.MaximumContentLength that does not wait can be sent again.");

    /// <summary>Ends the serialization if the request was never sent: it would wait for ever.</summary>
    public void StopIfUnsent()
    {
        if (Interlocked.Exchange(ref _isSent, 1) == 0) Stop();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isSent, 1) == 1) throw AlreadySent();
        try
        {
            await stream.WriteAsync(sink.TakeBuffered(), cancellationToken).ConfigureAwait(false);
            sink.ForwardTo(stream);
            await serialization.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Stop();
            throw;
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        SerializeToStreamAsync(stream, context, cancellationToken).GetAwaiter().GetResult();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private void Stop()
    {
        sink.Stop();

        // The failure is that of the request by now.
        _ = serialization.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
