using HttpQuery.Caching;
using HttpQuery.Caching.Engine;

namespace HttpQuery.ResponseBody;

/// <summary>Captures the bytes that a caller reads from a response body, and stores them when the body ends.</summary>
internal sealed class CaptureHandle : IDisposable
{
    private readonly ResponseCapture _capture;

    public CaptureHandle(ResponseCapture capture)
    {
        _capture = capture;

        // Requests that wait for this response wait for its caller until the caller reads.
        capture.BeginClientWait();
    }

    // A response that is neither read to its end nor disposed would keep its memory, and requests that wait for it would go on waiting.
    ~CaptureHandle()
    {
        try
        {
            Abandon();
        }
        catch (Exception)
        {
            // A logger may have been disposed already.
        }
    }

    /// <summary>Tells whether all bytes that <c>Content-Length</c> announced have been read.</summary>
    /// <remarks>The response is stored then, because the caller may not read on.</remarks>
    public bool IsWhole => _capture.IsWhole;

    /// <summary>Reports that a read begins.</summary>
    public void BeginRead() => _capture.EndClientWait();

    /// <summary>Adds the bytes of a read that has ended.</summary>
    public void EndRead(ReadOnlySpan<byte> bytes)
    {
        _capture.Append(bytes);
        _capture.BeginClientWait();
    }

    /// <summary>Stores the response.</summary>
    public ValueTask<bool> CompleteAsync() => _capture.StoreAsync();

    public void Dispose()
    {
        Abandon();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stores nothing: the response was cut off, or the caller stopped reading.</summary>
    public void Abandon() => _capture.Abandon();
}
