using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HttpQuery.Conditions;
using HttpQuery.Diagnostics;
using HttpQuery.Problems;
using HttpQuery.ResponseBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Ranges;

/// <summary>Sends a result whole (200), in part (206, in several parts as multipart/byteranges) or not at all (416), as the request's
/// <c>Range</c> and <c>If-Range</c> ask (§2.8; RFC 9110 §14).</summary>
internal static class RangeResponseWriter
{
    private const int BoundaryLength = 16;

    /// <summary>Returns the buffer of an endpoint that waits for the whole response, if the response has no tag yet. The endpoint then
    /// checks conditions and ranges against the complete response.</summary>
    public static ResponseBufferFeature? FindBuffer(HttpContext context, IRangeSource source) =>
        context.Features.Get<IHttpResponseBodyFeature>() is ResponseBufferFeature buffer
            && context.Response.Headers.ETag.Count == 0
            && buffer.CanKeep(source.Length)
                ? buffer
                : null;

    /// <summary>Sends <paramref name="source"/>, or 304 or 412 by the conditions of the request and the validators of the
    /// response.</summary>
    public static Task SendConditionallyAsync(HttpContext context, IRangeSource source)
    {
        var outcome = RequestPreconditions.Evaluate(context);
        return outcome is PreconditionOutcome.Proceed ? SendAsync(context, source) : RequestPreconditions.WriteAsync(context, outcome);
    }

    /// <summary>Sends <paramref name="source"/> with the headers that the response already has.</summary>
    public static Task SendAsync(HttpContext context, IRangeSource source)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.AcceptRanges = "bytes";

        if (FindBuffer(context, source) is { } buffer)
        {
            buffer.SendsRanges = true;
            return SendWholeAsync(context, source);
        }

        // RFC 9110 §14.2 defines Range for GET alone; RFC 10008 §2.8 adds QUERY.
        var range = request.Headers.Range;
        var isRequested = range.Count == 1
            && response.StatusCode == StatusCodes.Status200OK
            && (HttpMethods.IsQuery(request.Method) || HttpMethods.IsGet(request.Method));
        if (!isRequested || !RequestPreconditions.RangeApplies(context)) return SendWholeAsync(context, source);

        var maximumCount = context.RequestServices.GetRequiredService<IOptions<HttpQueryOptions>>().Value.MaximumRanges;
        return ByteRangeSet.Resolve(range.ToString(), source.Length, maximumCount, out var ranges) switch
        {
            ByteRangeOutcome.Satisfiable when ranges is [var only] => SendPartAsync(response, source, only),
            ByteRangeOutcome.Satisfiable => SendPartsAsync(response, source, ranges),
            ByteRangeOutcome.Unsatisfiable => RejectAsync(context, source, maximumCount),
            _ => SendWholeAsync(context, source),
        };
    }

    private static Task SendWholeAsync(HttpContext context, IRangeSource source)
    {
        context.Response.ContentLength = source.Length;
        return HttpMethods.IsHead(context.Request.Method) || source.Length == 0
            ? Task.CompletedTask
            : source.WriteAsync(context.Response, new(0, source.Length - 1));
    }

    private static Task SendPartAsync(HttpResponse response, IRangeSource source, ByteRange range)
    {
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.Headers.ContentRange = ContentRange(range, source);
        response.ContentLength = range.Length;
        return source.WriteAsync(response, range);
    }

    // RFC 9110 §14.6. The length is known beforehand, so it is sent.
    private static async Task SendPartsAsync(HttpResponse response, IRangeSource source, ByteRange[] ranges)
    {
        var boundary = RandomNumberGenerator.GetHexString(2 * BoundaryLength, lowercase: true);
        var mediaType = response.ContentType is { } type ? $"Content-Type: {type}\r\n" : "";
        var heads = Array.ConvertAll(ranges,
            range => Encoding.Latin1.GetBytes($"\r\n--{boundary}\r\n{mediaType}Content-Range: {ContentRange(range, source)}\r\n\r\n"));
        var end = Encoding.Latin1.GetBytes($"\r\n--{boundary}--\r\n");

        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentType = $"multipart/byteranges; boundary={boundary}";
        response.ContentLength = ranges.Sum(range => range.Length) + heads.Sum(head => (long)head.Length) + end.Length;
        for (var i = 0; i < ranges.Length; i++)
        {
            await response.Body.WriteAsync(heads[i], response.HttpContext.RequestAborted);
            await source.WriteAsync(response, ranges[i]);
        }
        await response.Body.WriteAsync(end, response.HttpContext.RequestAborted);
    }

    private static Task RejectAsync(HttpContext context, IRangeSource source, int maximumCount)
    {
        var response = context.Response;
        response.ContentLength = null;
        response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{source.Length}");
        var tooMany = context.Request.Headers.Range.ToString().AsSpan().Count(',') >= maximumCount;
        return ProblemWriter.WriteAsync(context, StatusCodes.Status416RangeNotSatisfiable, RejectionReason.RangeNotSatisfiable, tooMany
            ? string.Create(CultureInfo.InvariantCulture, $"The request asks for more than {maximumCount} ranges.")
            : string.Create(CultureInfo.InvariantCulture,
                $"No range of the request lies within the result, which has {source.Length} bytes."));
    }

    private static string ContentRange(ByteRange range, IRangeSource source) =>
        string.Create(CultureInfo.InvariantCulture, $"bytes {range.First}-{range.Last}/{source.Length}");
}
