using HttpQuery.Http;

namespace HttpQuery.Replay;

/// <summary>A message that a handler of this library sends in place of a request, for example a POST in place of a QUERY.</summary>
/// <param name="message">The message.</param>
/// <param name="request">The request that it stands for.</param>
internal sealed class SubstituteRequest(HttpRequestMessage message, HttpRequestMessage request)
{
    private readonly Uri? _uri = message.RequestUri;
    private readonly HttpMethod _method = message.Method;
    private readonly HttpContent? _content = message.Content;

    /// <summary>The message that is sent.</summary>
    public HttpRequestMessage Message => message;

    /// <summary>The request that the message stands for.</summary>
    public HttpRequestMessage Request => request;

    /// <summary>Tells whether no handler below has changed the message.</summary>
    public bool IsUnchanged =>
        ReferenceEquals(message.RequestUri, _uri) && message.Method == _method && ReferenceEquals(message.Content, _content);

    /// <summary>Makes the response to the message a response to the request. A response that was redirected below stays as it is.</summary>
    public void TakeOver(HttpResponseMessage response)
    {
        if (!IsUnchanged || (response.RequestMessage is { } answered && !ReferenceEquals(answered, message))) return;
        if (_uri is not null && _uri != request.RequestUri) ResponseReferences.Resolve(response, _uri);
        var info = QueryResponseInfo.Get(response);
        response.RequestMessage = request;
        QueryResponseInfo.Update(response, info, static (_, own) => own);
    }
}
