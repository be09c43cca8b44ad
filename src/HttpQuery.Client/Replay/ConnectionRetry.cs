using HttpQuery.Http;

namespace HttpQuery.Replay;

/// <summary>Repeats a query once if the server closed the connection before a response.</summary>
/// <remarks>A server may close an idle connection of the pool just when a request is sent. SocketsHttpHandler repeats such a request only
/// if none of its content was sent.</remarks>
internal static class ConnectionRetry
{
    /// <summary>Sends a safe request with replayable content.</summary>
    /// <param name="request">The request.</param>
    /// <param name="send">The rest of the chain.</param>
    /// <param name="onRetry">Called before the second sending.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, SendBelow send, Action<SubstituteRequest> onRetry, CancellationToken cancellationToken)
    {
        try
        {
            return await send(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
            when (ClosedConnection.IsCause(exception) && ReplayableRequest.IsReplayable(request)
                && !cancellationToken.IsCancellationRequested)
        {
        }

        // The transport may have added headers to the message, such as traceparent. They are sent again.
        var second = new SubstituteRequest(ReplayableRequest.CreateCopy(request), request);
        onRetry(second);
        var response = await send(second.Message, cancellationToken).ConfigureAwait(false);
        second.TakeOver(response);
        return response;
    }
}
