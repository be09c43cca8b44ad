namespace HttpQuery;

/// <summary>One format in which a client can write a query.</summary>
/// <param name="mediaType">The media type, for example <c>application/sql</c>.</param>
/// <param name="createContent">Creates the content. It is called at most once for each <see cref="QueryContent"/>, and only if this format
/// is sent. Its <c>Content-Type</c> is set to <paramref name="mediaType"/> if it has none.</param>
/// <exception cref="FormatException"><paramref name="mediaType"/> is not a media type.</exception>
public sealed class QueryFormat(string mediaType, Func<HttpContent> createContent)
{
    private readonly Func<HttpContent> _createContent = createContent ?? throw new ArgumentNullException(nameof(createContent));

    /// <summary>The media type.</summary>
    public MediaType MediaType { get; } = MediaType.Parse(mediaType ?? throw new ArgumentNullException(nameof(mediaType)));

    internal HttpContent CreateContent()
    {
        var content = _createContent() ?? throw new InvalidOperationException($"The content of format '{MediaType}' is null.");
        if (!content.Headers.NonValidated.Contains("Content-Type"))
            content.Headers.TryAddWithoutValidation("Content-Type", MediaType.ToString());
        return content;
    }
}
