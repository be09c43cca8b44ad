namespace HttpQuery.Http;

/// <summary>Sends a message to the rest of the handler chain, asynchronously or synchronously.</summary>
internal delegate ValueTask<HttpResponseMessage> SendBelow(HttpRequestMessage request, CancellationToken cancellationToken);
