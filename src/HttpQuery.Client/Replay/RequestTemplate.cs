using System.Net.Http.Headers;

namespace HttpQuery.Replay;

/// <summary>A request as it is before it is sent, to create further messages from.</summary>
/// <remarks>Handlers below and the transport add headers and options to a message: a trace parent, a credential, a pooled context. In a
/// copy of such a message they would be outdated, or be added a second time.</remarks>
internal sealed class RequestTemplate
{
    private readonly Version _version;
    private readonly HttpVersionPolicy _versionPolicy;
    private readonly KeyValuePair<string, HeaderStringValues>[] _headers;
    private readonly KeyValuePair<string, object?>[] _options;

    private RequestTemplate(HttpRequestMessage request)
    {
        (_version, _versionPolicy) = (request.Version, request.VersionPolicy);
        (Method, Target, Content) = (request.Method, request.RequestUri, request.Content);
        _headers = [.. request.Headers.NonValidated];
        _options = [.. request.Options];
    }

    public HttpMethod Method { get; }

    public Uri? Target { get; }

    public HttpContent? Content { get; }

    /// <summary>Captures a request. Its content has been prepared by <see cref="ReplayableRequest.PrepareAsync"/>.</summary>
    public static RequestTemplate Capture(HttpRequestMessage request) => new(request);

    /// <summary>Creates a new message for another sending: the same headers, options, version and policy, and the same content.</summary>
    /// <remarks>Do not dispose the copy: it shares its content with the original.</remarks>
    /// <param name="target">The target of the copy. Default: the same.</param>
    /// <param name="method">The method of the copy. Default: the same.</param>
    /// <param name="keepsContent">Whether the copy has the content.</param>
    /// <exception cref="QueryContentNotReplayableException">The content can be sent once, and has been.</exception>
    public HttpRequestMessage CreateCopy(Uri? target = null, HttpMethod? method = null, bool keepsContent = true)
    {
        if (keepsContent) ReplayableRequest.ThrowIfSpent(Content);
        var copy = new HttpRequestMessage(method ?? Method, target ?? Target)
        {
            Version = _version,
            VersionPolicy = _versionPolicy,
            Content = keepsContent ? Content : null,
        };
        foreach (var (name, values) in _headers) copy.Headers.TryAddWithoutValidation(name, values);
        IDictionary<string, object?> options = copy.Options;
        foreach (var (key, value) in _options)
        {
            if (key is not QueryResponseInfo.OptionName) options[key] = value;
        }
        return copy;
    }

    /// <summary>Creates a GET in place of the request: the same headers, options, version and policy, without content.</summary>
    public HttpRequestMessage CreateGet(Uri target)
    {
        var get = CreateCopy(target, HttpMethod.Get, keepsContent: false);
        get.Headers.TransferEncodingChunked = null;
        get.Headers.ExpectContinue = null;
        return get;
    }
}
