using System.Text;
using HttpQuery.Diagnostics;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Problems;

/// <summary>Responds to content that cannot be read to its end: with a client error, never a 500.</summary>
internal static class UnreadableContentProblem
{
    /// <summary>Returns the task that writes the response; <see langword="null"/> if <paramref name="exception"/> has another
    /// cause.</summary>
    public static Task? TryWrite(HttpContext context, Exception exception) => exception switch
    {
        BadHttpRequestException refused =>
            ProblemWriter.WriteAsync(context, refused.StatusCode, RejectionReason.UnreadableContent, refused.Message),
        InvalidDataException or DecoderFallbackException =>
            ProblemWriter.WriteAsync(
                context, StatusCodes.Status400BadRequest, RejectionReason.UnreadableContent, DecodingStream.BrokenCoding),
        _ => null,
    };
}
