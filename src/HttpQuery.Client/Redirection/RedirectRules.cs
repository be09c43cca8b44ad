using System.Net;
using HttpQuery.Replay;

namespace HttpQuery.Redirection;

/// <summary>The rules of redirects (RFC 9110 §15.4, RFC 10008 §2.5) as pure functions.</summary>
internal static class RedirectRules
{
    // RFC 9110 §4.1 recommends that 8,000 bytes are supported.
    private const int MaximumLocationLength = 16 * 1024;

    // They describe the content or its sending (RFC 9110 §15.4, RFC 9530).
    private static readonly string[] ContentHeaders =
        ["Transfer-Encoding", "Expect", "Trailer", "Digest", "Content-Digest", "Repr-Digest"];

    /// <summary>Tells whether a response redirects. 300 counts if it names a <c>Location</c>, as in .NET.</summary>
    public static bool IsRedirect(HttpResponseMessage response) => response.StatusCode is
        HttpStatusCode.MultipleChoices or HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.NonValidated.Contains("Location");

    /// <summary>Returns the method of the next request.</summary>
    /// <remarks>303 means GET. POST becomes GET after 300, 301 and 302, as in browsers and .NET; QUERY does not (RFC 10008
    /// §2.5).</remarks>
    public static HttpMethod GetNextMethod(HttpStatusCode status, HttpMethod method) => status switch
    {
        HttpStatusCode.SeeOther => method == HttpMethod.Head ? method : HttpMethod.Get,
        HttpStatusCode.MultipleChoices or HttpStatusCode.MovedPermanently or HttpStatusCode.Found when method == HttpMethod.Post =>
            HttpMethod.Get,
        _ => method,
    };

    /// <summary>Returns the target of a redirect, or why it is not followed.</summary>
    /// <param name="response">The redirect.</param>
    /// <param name="source">The URI that was redirected.</param>
    public static (Uri? Target, QueryRedirectRefusal Refusal) GetTarget(HttpResponseMessage response, Uri source)
    {
        var lines = response.Headers.NonValidated["Location"];
        if (lines.Count != 1 || lines.ToString().Length > MaximumLocationLength || response.Headers.Location is not { } location)
            return (null, QueryRedirectRefusal.InvalidLocation);
        if (!Uri.TryCreate(source, location, out var target) || target.Scheme is not ("http" or "https")
            || (target.UserInfo.Length > 0 && (target.UserInfo != source.UserInfo || !IsSameOrigin(target, source)))
            || target.IdnHost.Length == 0 || target.PathAndQuery.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return (null, QueryRedirectRefusal.InvalidLocation);
        }
        if (source.Scheme is "https" && target.Scheme is "http") return (null, QueryRedirectRefusal.InsecureTarget);

        // A Location without a fragment takes that of the request (RFC 9110 §10.2.2).
        if (target.Fragment.Length == 0 && source.Fragment.Length > 0)
            target = new UriBuilder(target) { Fragment = source.Fragment }.Uri;
        return (target, default);
    }

    /// <summary>Tells whether two URIs have the same scheme, host and port.</summary>
    public static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port
        && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>Creates the request of the next hop.</summary>
    /// <param name="request">The request that was redirected, as it was before it was sent.</param>
    /// <param name="target">The target.</param>
    /// <param name="method">The method.</param>
    /// <param name="keepsContent">Whether the content is sent again.</param>
    /// <param name="credentialHeaders">Headers that another origin must not get.</param>
    /// <exception cref="QueryContentNotReplayableException">The content can be sent once, and has been.</exception>
    public static HttpRequestMessage CreateRequest(
        RequestTemplate request, Uri target, HttpMethod method, bool keepsContent, string[] credentialHeaders)
    {
        var next = request.CreateCopy(target, method, keepsContent);
        if (!keepsContent)
        {
            foreach (var name in ContentHeaders) next.Headers.Remove(name);
        }
        if (IsSameOrigin(target, request.Target!)) return next;

        // The Host header names the other origin's server, not this one.
        next.Headers.Remove("Host");
        foreach (var name in credentialHeaders.Where(name => next.Headers.NonValidated.Contains(name))) next.Headers.Remove(name);
        return next;
    }

    /// <summary>Tells whether the headers of content carry a credential.</summary>
    public static bool HasCredential(HttpContent content, string[] credentialHeaders) =>
        credentialHeaders.Any(name => content.Headers.NonValidated.Contains(name));
}
