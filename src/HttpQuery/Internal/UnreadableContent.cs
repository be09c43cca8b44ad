using System.Text;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Internal;

/// <summary>Answers for content that cannot be read to its end: the client's errors, none of them a 500.</summary>
internal static class UnreadableContent
{
    public const string BrokenCoding = "The content cannot be decoded.";

    /// <summary>The answer being written, or <see langword="null"/> where <paramref name="exception"/> is about something else.</summary>
    public static Task? TryAnswer(HttpContext context, Exception exception) => exception switch
    {
        BadHttpRequestException refused => QueryProblems.WriteAsync(context, refused.StatusCode, Refusal.UnreadableContent, refused.Message),
        InvalidDataException or DecoderFallbackException => QueryProblems.WriteAsync(context, StatusCodes.Status400BadRequest, Refusal.UnreadableContent, BrokenCoding),
        _ => null,
    };
}
