using HttpQuery.Diagnostics;
using HttpQuery.Http;

namespace HttpQuery.Replay;

/// <summary>Repeats a query once if the server closed the connection before a response.</summary>
/// <param name="maximumReplayLength">Maximum length of content that is buffered to be sent again, in bytes.</param>
/// <param name="telemetry">Counts retries.</param>
internal sealed class ConnectionRetryHandler(int maximumReplayLength, ClientTelemetry telemetry) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Method == HttpMethod.Query
            ? SendAsync(request, (message, token) => new(base.SendAsync(message, token)), cancellationToken).AsTask()
            : base.SendAsync(request, cancellationToken);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Query) return base.Send(request, cancellationToken);
        return SyncOverAsync.Run(() => SendAsync(request, (message, token) => new(base.Send(message, token)), cancellationToken));
    }

    private async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, SendBelow send, CancellationToken cancellationToken)
    {
        var content = request.Content;
        try
        {
            await ReplayableRequest.PrepareAsync(request, maximumReplayLength, cancellationToken).ConfigureAwait(false);
            var template = RequestTemplate.Capture(request);
            return await ConnectionRetry.SendAsync(request, template, send, telemetry, null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ReplayableRequest.Restore(request, content);
        }
    }
}
