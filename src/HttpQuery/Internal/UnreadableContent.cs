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
        InvalidDataException => QueryProblems.WriteAsync(context, StatusCodes.Status400BadRequest, Refusal.UnreadableContent, BrokenCoding),
        _ => null,
    };

    /// <summary>The handler, and the answer where it lets go what the server has to say of the content: longer than it takes, broken off, too slow.</summary>
    /// <remarks>Kestrel would answer with the bare status, but <c>UseExceptionHandler</c> sees the exception first and makes a 500 of it.</remarks>
    public static RequestDelegate Wrap(RequestDelegate next) => async context =>
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (IsOfServer(exception) && !context.Response.HasStarted)
        {
            await TryAnswer(context, exception)!;
        }
    };

    // Any other was thrown by the application, or by parameter binding in Development for the developer to see.
#pragma warning disable CS0618 // Obsolete, yet it is the one that Kestrel throws, and nobody else.
    private static bool IsOfServer(BadHttpRequestException exception) => exception is Microsoft.AspNetCore.Server.Kestrel.Core.BadHttpRequestException;
#pragma warning restore CS0618
}
