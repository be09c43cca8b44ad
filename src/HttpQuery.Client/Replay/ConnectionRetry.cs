using HttpQuery.Diagnostics;
using HttpQuery.Http;

namespace HttpQuery.Replay;

/// <summary>Repeats a query once if the server closed the connection before a response.</summary>
/// <remarks>A server may close an idle connection of the pool just when a request is sent. SocketsHttpHandler repeats such a request only
/// if none of its content was sent.</remarks>
internal static class ConnectionRetry
{
    /// <summary>Sends a safe request.</summary>
    /// <param name="request">The request. It is not repeated if its content can be sent only once.</param>
    /// <param name="template">The request as it is now.</param>
    /// <param name="send">The rest of the chain.</param>
    /// <param name="telemetry">Counts the retry.</param>
    /// <param name="onRetry">Called before the second sending, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, RequestTemplate template, SendBelow send, ClientTelemetry telemetry,
        Action<SubstituteRequest>? onRetry, CancellationToken cancellationToken)
    {
        try
        {
            var first = await send(request, cancellationToken).ConfigureAwait(false);
            SetRetried(first, false);
            return first;
        }
        catch (HttpRequestException exception)
            when (ClosedConnection.IsCause(exception) && ReplayableRequest.IsReplayable(request)
                && !cancellationToken.IsCancellationRequested)
        {
        }

        telemetry.Replayed("connection_closed");
        var second = new SubstituteRequest(template.CreateCopy(), request);
        onRetry?.Invoke(second);
        var response = await send(second.Message, cancellationToken).ConfigureAwait(false);
        second.TakeOver(response);
        SetRetried(response, true);
        return response;
    }

    private static void SetRetried(HttpResponseMessage response, bool isRetried) =>
        QueryResponseInfo.Update(response, isRetried, static (info, value) => info with { ConnectionRetried = value });
}
