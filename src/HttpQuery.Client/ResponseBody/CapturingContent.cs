using System.Net;

namespace HttpQuery.ResponseBody;

/// <summary>Captures a response body while the caller reads it. It is stored only if it arrives complete and is read to its end.</summary>
internal sealed class CapturingContent : HttpContent
{
    private const int BufferLength = 16 * 1024;

    private readonly HttpContent _content;
    private readonly CaptureHandle _capture;

    public CapturingContent(HttpContent content, CaptureHandle capture)
    {
        (_content, _capture) = (content, capture);
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
        new CapturingStream(await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _capture);

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(default);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) =>
        new CapturingStream(_content.ReadAsStream(cancellationToken), _capture);

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _capture.Dispose();
            _content.Dispose();
        }
        base.Dispose(disposing);
    }
}
