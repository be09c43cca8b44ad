using HttpQuery.Conditions;
using HttpQuery.Ranges;
using Microsoft.AspNetCore.Http;

namespace HttpQuery;

/// <summary>The result of <see cref="QueryResults.Bytes"/> and <see cref="QueryResults.Stream"/>: content with validators. Clients can
/// request parts of it (RFC 10008 §2.6, §2.8).</summary>
public sealed class RangeHttpResult : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly Stream? _stream;
    private readonly EntityTag? _entityTag;
    private readonly DateTimeOffset? _lastModified;

    internal RangeHttpResult(
        ReadOnlyMemory<byte> memory, Stream? stream, string contentType, EntityTag? entityTag, DateTimeOffset? lastModified) =>
        (_memory, _stream, ContentType, _entityTag, _lastModified) = (memory, stream, contentType, entityTag, lastModified);

    /// <summary>The media type of the content.</summary>
    public string ContentType { get; }

    /// <inheritdoc/>
    public int? StatusCode => StatusCodes.Status200OK;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        await using var stream = _stream;
        httpContext.Response.ContentType = ContentType;
        RequestPreconditions.SetValidators(httpContext, _entityTag, _lastModified);
        IRangeSource source = stream is null ? new MemoryRangeSource(_memory) : new StreamRangeSource(stream);
        var isHeld = httpContext.Response.StatusCode is StatusCodes.Status200OK
            && RangeResponseWriter.FindBuffer(httpContext, source) is null;
        var outcome = isHeld ? RequestPreconditions.Evaluate(httpContext) : PreconditionOutcome.Proceed;
        await (outcome is PreconditionOutcome.Proceed
            ? RangeResponseWriter.SendAsync(httpContext, source)
            : RequestPreconditions.WriteAsync(httpContext, outcome));
    }
}
