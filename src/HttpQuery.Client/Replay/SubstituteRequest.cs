using System.Runtime.CompilerServices;
using HttpQuery.Http;

namespace HttpQuery.Replay;

/// <summary>A message that a handler of this library sends in place of a request, for example a POST in place of a QUERY.</summary>
/// <param name="message">The message.</param>
/// <param name="request">The request that it stands for.</param>
internal sealed class SubstituteRequest(HttpRequestMessage message, HttpRequestMessage request)
{
    private static readonly ConditionalWeakTable<HttpResponseMessage, SubstituteRequest> Responses = [];

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
        response.RequestMessage = request;
        Responses.AddOrUpdate(response, this);
    }

    /// <summary>Tells whether a response belongs to a message of another method or target than its request.</summary>
    public static bool HasAnswered(HttpResponseMessage response) =>
        Responses.TryGetValue(response, out var substitute)
        && (substitute.Message.Method != substitute.Request.Method || substitute._uri != substitute.Request.RequestUri);
}
