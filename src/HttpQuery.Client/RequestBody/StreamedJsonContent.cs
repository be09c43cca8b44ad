using System.Net;

namespace HttpQuery.RequestBody;

/// <summary>JSON content whose serialization begins before the request is sent, and continues into the connection.</summary>
/// <remarks>It can be sent once.</remarks>
internal sealed class StreamedJsonContent(BufferingWriteStream buffer, Task serialization, HttpContent original, int maximumLength)
    : HttpContent, IReplacementContent
{
    private int _isSent;

    public HttpContent Original => original;

    public bool IsSpent => Volatile.Read(ref _isSent) == 1;

    public bool IsReplayable => false;

    public QueryContentNotReplayableException CreateException() => QueryContentNotReplayableException.CreateForJson(maximumLength);

    /// <summary>Ends the serialization if the request was never sent. Otherwise it would wait forever.</summary>
    public void StopIfUnsent()
    {
        if (Interlocked.Exchange(ref _isSent, 1) == 0) Stop();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isSent, 1) == 1) throw CreateException();
        try
        {
            await stream.WriteAsync(buffer.TakeBuffered(), cancellationToken).ConfigureAwait(false);
            buffer.ForwardTo(stream);
            await serialization.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Stop();
            throw;
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, default);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        SerializeToStreamAsync(stream, context, cancellationToken).GetAwaiter().GetResult();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private void Stop()
    {
        buffer.Stop();

        // The request reports this failure, so the exception of the task is only marked as observed.
        _ = serialization.ContinueWith(
            static failed => failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
