using System.Net;

namespace HttpQuery.Discovery;

/// <summary>The request that asks a server for its query formats.</summary>
internal static class AcceptQueryRequest
{
    private static readonly HttpRequestOptionsKey<bool> Key = new("HttpQuery.AcceptQuery");

    /// <summary>Asks for the formats of a URI. Returns <see langword="null"/> if the server does not name them.</summary>
    public static async Task<AcceptQuery?> SendAsync(HttpClient client, Uri? uri, CancellationToken cancellationToken) =>
        await SendAsync(client, uri, HttpMethod.Options, cancellationToken).ConfigureAwait(false)
        ?? await SendAsync(client, uri, HttpMethod.Head, cancellationToken).ConfigureAwait(false);

    /// <summary>Tells whether a request may be answered from memory.</summary>
    public static bool MayBeRemembered(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var value) && value;

    /// <summary>Creates the response from memory.</summary>
    public static HttpResponseMessage CreateResponse(HttpRequestMessage request, AcceptQuery value)
    {
        var response = new HttpResponseMessage(HttpStatusCode.NoContent) { RequestMessage = request, Version = request.Version };
        response.Headers.TryAddWithoutValidation(AcceptQuery.HeaderName, value.ToString());
        return response;
    }

    private static async Task<AcceptQuery?> SendAsync(
        HttpClient client, Uri? uri, HttpMethod method, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, uri)
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        request.Options.Set(Key, true);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        return response.Headers.NonValidated.TryGetValues(AcceptQuery.HeaderName, out var lines)
            && AcceptQuery.TryParse(lines, out var value) ? value : null;
    }
}
