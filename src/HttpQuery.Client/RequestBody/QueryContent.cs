using System.Net;

namespace HttpQuery;

/// <summary>The content of one query in several formats. The format that the server accepts is sent.</summary>
/// <remarks>
/// <para><see cref="QueryDiscoveryHandler"/> chooses the first format that the last <c>Accept-Query</c> of the path accepts. If none is
/// known, it sends the first format. If the response is 415 and names another of the formats, the query is sent once more in that
/// format. Without the handler, the first format is sent.</para>
/// <para>Headers of this content, other than <c>Content-Type</c> and <c>Content-Length</c>, are sent with each format that does not have
/// them.</para>
/// <para>All formats must express the same query. Each content is created when it is first needed.</para>
/// </remarks>
/// <example><code>
/// using var content = new QueryContent(
///     new("application/sql", () => new StringContent("select * from rfcs")),
///     new("application/json", () => JsonContent.Create(search)));
/// using var response = await client.QueryAsync("/rfcs", content);
/// </code></example>
public sealed class QueryContent : HttpContent
{
    private readonly QueryFormat[] _formats;
    private readonly HttpContent?[] _contents;

    /// <summary>Creates the content.</summary>
    /// <param name="formats">The formats, the preferred one first.</param>
    /// <exception cref="ArgumentException"><paramref name="formats"/> is empty.</exception>
    public QueryContent(params IEnumerable<QueryFormat> formats)
    {
        ArgumentNullException.ThrowIfNull(formats);
        _formats = [.. formats];
        if (_formats.Length == 0) throw new ArgumentException("At least one format is required.", nameof(formats));
        foreach (var format in _formats) ArgumentNullException.ThrowIfNull(format, nameof(formats));
        _contents = new HttpContent?[_formats.Length];
        Headers.TryAddWithoutValidation("Content-Type", _formats[0].MediaType.ToString());
    }

    /// <summary>The formats, the preferred one first.</summary>
    public IReadOnlyList<QueryFormat> Formats => _formats;

    /// <summary>Returns the content in one format, with the headers that the caller added. The same instance is returned each
    /// time.</summary>
    internal HttpContent GetContent(int index)
    {
        lock (_contents)
        {
            var content = _contents[index] ??= _formats[index].CreateContent();
            foreach (var (name, values) in Headers.NonValidated)
            {
                var isOfFormat = content.Headers.NonValidated.Contains(name)
                    || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);
                if (!isOfFormat) content.Headers.TryAddWithoutValidation(name, values);
            }
            return content;
        }
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        GetContent(0).CopyToAsync(stream, context, cancellationToken);

    /// <inheritdoc/>
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        GetContent(0).CopyTo(stream, context, cancellationToken);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        var known = GetContent(0).Headers.ContentLength;
        length = known.GetValueOrDefault();
        return known is not null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var content in _contents) content?.Dispose();
        }
        base.Dispose(disposing);
    }
}
