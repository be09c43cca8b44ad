namespace HttpQuery.Http;

/// <summary>Makes the request message of a QUERY (RFC 10008 §2).</summary>
internal static class QueryRequestFactory
{
    public static HttpRequestMessage Create(HttpClient client, Uri? requestUri, HttpContent content)
    {
        Validate(client, content);
        return new(HttpMethod.Query, requestUri)
        {
            Content = content,
            // SendAsync takes the version from the message; only the client's own methods apply its defaults.
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
    }

    /// <summary>Fails here, with a sentence that helps, where the server would have to answer 400.</summary>
    public static void Validate(HttpClient client, HttpContent content)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(content);

        // Presence, not validity: an unusual spelling is for the server to judge.
        if (!content.Headers.NonValidated.Contains("Content-Type"))
            throw new ArgumentException(
                "A QUERY needs a Content-Type (RFC 10008 §2) and this content has none. Set content.Headers.ContentType, " +
                "for example to new MediaTypeHeaderValue(\"application/json\").",
                nameof(content));
    }

    /// <summary>A URI from text; no text is no URI, which HttpClient resolves to its base address.</summary>
    public static Uri? CreateUri(string? text) => string.IsNullOrEmpty(text) ? null : new(text, UriKind.RelativeOrAbsolute);
}
