using System.Net;

namespace HttpQuery.ResponseBody;

/// <summary>A response body that the caller reads through another stream. The headers stay the same.</summary>
internal sealed class WrappedContent : HttpContent
{
    private const int BufferLength = 16 * 1024;

    private readonly HttpContent _content;
    private readonly Func<Stream, Stream> _wrap;
    private readonly IDisposable? _owned;

    /// <summary>Wraps content.</summary>
    /// <param name="content">The content.</param>
    /// <param name="wrap">Creates the stream that the caller reads.</param>
    /// <param name="owned">Disposed with the content, which the caller may never read.</param>
    public WrappedContent(HttpContent content, Func<Stream, Stream> wrap, IDisposable? owned = null)
    {
        (_content, _wrap, _owned) = (content, wrap, owned);
        foreach (var (name, values) in content.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var source = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false)) await source.CopyToAsync(stream, BufferLength, cancellationToken).ConfigureAwait(false);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, default);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var source = CreateContentReadStream(cancellationToken);
        source.CopyTo(stream, BufferLength);
    }

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        _wrap(await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(default);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        _wrap(_content.ReadAsStream(cancellationToken));

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _owned?.Dispose();
            _content.Dispose();
        }
        base.Dispose(disposing);
    }
}
