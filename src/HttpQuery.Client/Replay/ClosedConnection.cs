using System.Net.Sockets;

namespace HttpQuery.Replay;

/// <summary>Tells whether a request failed because the server closed the connection or the stream before it sent a response.</summary>
/// <remarks>HttpClient reports a response that ended within its headers in the same way. The caller saw none of it.</remarks>
internal static class ClosedConnection
{
    private const long EnhanceYourCalm = 0xb, Http3ExcessiveLoad = 0x107;

    /// <summary>Whether the server closed or reset the connection.</summary>
    public static bool IsCause(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.ResponseEnded => true,
        HttpRequestError.Unknown => FindSocketError(exception) is
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown,
        _ => false,
    };

    /// <summary>Whether the server reset the stream of the request in HTTP/2 or HTTP/3, for another reason than overload.</summary>
    public static bool IsStreamReset(HttpRequestException exception) =>
        exception is
        {
            HttpRequestError: HttpRequestError.HttpProtocolError,
            InnerException: HttpProtocolException { ErrorCode: not (EnhanceYourCalm or Http3ExcessiveLoad) }
        };

    private static SocketError? FindSocketError(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket) return socket.SocketErrorCode;
        }
        return null;
    }
}
