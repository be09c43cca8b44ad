namespace HttpQuery;

/// <summary>One format in which a client can write a query.</summary>
/// <param name="mediaType">The media type, for example <c>application/sql</c>.</param>
/// <param name="createContent">Creates the content. It is called at most once for each <see cref="QueryContent"/>, and only if this format
/// is sent. Its <c>Content-Type</c> becomes <paramref name="mediaType"/> if it has none, or that of another type: StringContent is
/// <c>text/plain</c> by default. Parameters of the same type, such as a charset, are kept.</param>
/// <exception cref="FormatException"><paramref name="mediaType"/> is not a media type.</exception>
public sealed class QueryFormat(string mediaType, Func<HttpContent> createContent)
{
    private readonly Func<HttpContent> _createContent = createContent ?? throw new ArgumentNullException(nameof(createContent));

    /// <summary>The media type.</summary>
    public MediaType MediaType { get; } = MediaType.Parse(mediaType ?? throw new ArgumentNullException(nameof(mediaType)));

    internal HttpContent CreateContent()
    {
        var content = _createContent() ?? throw new InvalidOperationException($"The content of format '{MediaType}' is null.");
        if (IsOfType(content)) return content;
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", MediaType.ToString());
        return content;
    }

    private bool IsOfType(HttpContent content) =>
        content.Headers.NonValidated.TryGetValues("Content-Type", out var lines)
        && MediaType.TryParse(lines.ToString(), out var type) && type.Type == MediaType.Type && type.Subtype == MediaType.Subtype;
}
