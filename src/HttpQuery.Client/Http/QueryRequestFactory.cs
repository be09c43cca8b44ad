namespace HttpQuery.Http;

/// <summary>Creates the request message of a QUERY (RFC 10008 §2).</summary>
internal static class QueryRequestFactory
{
    public static HttpRequestMessage Create(HttpClient client, Uri? requestUri, HttpContent content)
    {
        Validate(client, content);
        return new(HttpMethod.Query, requestUri)
        {
            Content = content,
            // SendAsync takes the version from the message. Only the client's own methods apply its defaults.
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
    }

    /// <summary>Throws for content without a <c>Content-Type</c>, for which a server must respond with 400.</summary>
    public static void Validate(HttpClient client, HttpContent content)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(content);

        // Only presence is checked: the server decides whether the value is valid.
        if (!content.Headers.NonValidated.Contains("Content-Type"))
            throw new ArgumentException(
                "A QUERY needs a Content-Type (RFC 10008 §2) and this content has none. Set content.Headers.ContentType, " +
                "for example to new MediaTypeHeaderValue(\"application/json\").",
                nameof(content));
    }

    /// <summary>Returns a URI, or <see langword="null"/> for null or empty text: HttpClient then uses its base address.</summary>
    public static Uri? CreateUri(string? text) => string.IsNullOrEmpty(text) ? null : new(text, UriKind.RelativeOrAbsolute);
}
