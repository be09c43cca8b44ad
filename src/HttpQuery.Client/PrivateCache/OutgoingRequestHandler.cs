namespace HttpQuery.PrivateCache;

/// <summary>Shows the cache each request as it leaves the last handler.</summary>
/// <remarks>Some handlers remove the headers that they added before they return.</remarks>
internal sealed class OutgoingRequestHandler : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        OutgoingRequestTracker.Current?.Observe(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        OutgoingRequestTracker.Current?.Observe(request);
        return base.Send(request, cancellationToken);
    }
}
