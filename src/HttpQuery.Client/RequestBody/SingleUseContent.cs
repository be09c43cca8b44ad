using System.Net;

namespace HttpQuery.RequestBody;

/// <summary>Content that is sent once, because it is longer than the limit or its length is not known.</summary>
/// <remarks>The content itself may be sent a second time without an error and be shorter then.</remarks>
internal sealed class SingleUseContent : HttpContent, IReplacementContent
{
    private readonly HttpContent _content;
    private readonly int _maximumLength;
    private int _isSerialized;

    public SingleUseContent(HttpContent content, int maximumLength)
    {
        (_content, _maximumLength) = (content, maximumLength);
        foreach (var (name, values) in content.Headers.NonValidated) Headers.TryAddWithoutValidation(name, values);
    }

    public HttpContent Original => _content;

    public bool IsSpent
    {
        get
        {
            if (Volatile.Read(ref _isSerialized) == 0) return false;

            // A handler below may have read the content into its buffer. Only then can a stream be had.
            try
            {
                return ReadAsStreamAsync().Exception is not null;
            }
            catch (QueryContentNotReplayableException)
            {
                return true;
            }
        }
    }

    public bool IsReplayable => Volatile.Read(ref _isSerialized) == 1 && !IsSpent;

    public QueryContentNotReplayableException CreateException() => QueryContentNotReplayableException.Create(_maximumLength);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Begin();
        return _content.CopyToAsync(stream, context, cancellationToken);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, default);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Begin();
        _content.CopyTo(stream, context, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _isSerialized, 1) == 1) throw CreateException();
    }
}
