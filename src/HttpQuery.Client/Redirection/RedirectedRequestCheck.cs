using HttpQuery.Replay;

namespace HttpQuery.Redirection;

/// <summary>Checks each request as it leaves the last handler.</summary>
/// <remarks>An authentication handler below the redirects adds its credential to each hop, also at another origin.</remarks>
internal sealed class RedirectedRequestCheck : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Check(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Check(request);
        return base.Send(request, cancellationToken);
    }

    private static void Check(HttpRequestMessage request)
    {
        // Inside HttpClient, the exception would become an HttpRequestException, which retry handlers repeat.
        ReplayableRequest.ThrowIfSpent(request.Content);
        if (RedirectHop.Get(request) is not { } hop) return;
        foreach (var name in hop.CredentialHeaders)
        {
            if (!request.Headers.NonValidated.Contains(name) && request.Content?.Headers.NonValidated.Contains(name) is not true) continue;
            throw new HttpRequestException(
                $"The request was redirected to another origin, and a handler below the redirects added the header '{name}'. The request "
                + "was not sent, because the other origin would get the credential. Move that handler above: call AddHttpMessageHandler "
                + "before AddHttpQuery.");
        }
    }
}
