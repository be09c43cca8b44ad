using HttpQuery.Caching;

namespace HttpQuery.ResponseBody;

/// <summary>Captures what is read of a response, and stores it at its end.</summary>
internal sealed class CaptureHandle : IDisposable
{
    private readonly ResponseCapture _capture;

    public CaptureHandle(ResponseCapture capture)
    {
        _capture = capture;

        // Until the caller reads, requests that wait for this response wait for the caller.
        capture.BeginClientWait();
    }

    // A response that is neither read to its end nor disposed would keep its memory, and its place among those that others wait for.
    ~CaptureHandle()
    {
        try
        {
            Abandon();
        }
        catch (Exception)
        {
            // A logger may be gone by now.
        }
    }

    /// <summary>Whether all bytes that were announced have been read: the response is stored then, for nothing makes the caller read on.</summary>
    public bool IsWhole => _capture.IsWhole;

    /// <summary>A read begins.</summary>
    public void BeginRead() => _capture.EndClientWait();

    /// <summary>A read has ended.</summary>
    public void EndRead(ReadOnlySpan<byte> bytes)
    {
        _capture.Append(bytes);
        _capture.BeginClientWait();
    }

    public async ValueTask CompleteAsync() => await _capture.StoreAsync().ConfigureAwait(false);

    public void Dispose()
    {
        Abandon();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stores nothing: the response was cut off, or nobody reads on.</summary>
    public void Abandon() => _capture.Abandon();
}
