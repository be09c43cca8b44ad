using HttpQuery.Diagnostics;
using HttpQuery.Http;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Problems;

/// <summary>Responds to JSON content whose charset is unknown: 415 with <c>Accept</c> (RFC 9110 §15.5.16).</summary>
internal static class UnsupportedCharsetProblem
{
    public static Task WriteAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<QueryResourceHeaders>() is { } headers)
            context.Response.Headers.Accept = headers.Accept;
        return ProblemWriter.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, RejectionReason.UnsupportedCharset,
            "The charset of the content is not supported. JSON is UTF-8.");
    }
}
