using System.Text.Json;
using HttpQuery.Http;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Negotiation;

/// <summary>Replaces the problem details that .NET 11 writes if JSON content of a QUERY does not bind: they repeat
/// names and characters of the content (§2.1).</summary>
/// <remarks>.NET 11 passes such a problem to the application's <see cref="IProblemDetailsService"/>, and the first writer that accepts it
/// writes it. This writer stands first and accepts no other problem. .NET 10 never asks it for this.</remarks>
internal sealed class JsonBindingProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsBindingProblem(context);
    }

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(ReplaceAsync(context.HttpContext));
    }

    /// <summary>Whether <paramref name="context"/> is the framework's report of JSON content that does not bind: one
    /// error, with the text of the exception.</summary>
    public static bool IsBindingProblem(ProblemDetailsContext context) =>
        context is
        {
            Exception: JsonException exception,
            ProblemDetails: HttpValidationProblemDetails { Status: StatusCodes.Status400BadRequest, Errors: { Count: 1 } errors }
        }
        && errors.TryGetValue(exception.Path ?? "", out var messages) && messages is [var message] && message == exception.Message
        && HttpMethods.IsQuery(context.HttpContext.Request.Method)
        && QueryResourceHeaders.FindEndpoint(context.HttpContext) is not null;

    /// <summary>Writes the response, or leaves it to the handler that kept the content and finds the position.</summary>
    public static Task ReplaceAsync(HttpContext context)
    {
        if (context.Features.Get<RetainedContentFeature>() is not { } retained) return new JsonError(null, null).WriteAsync(context);
        retained.HasFailed = true;
        return Task.CompletedTask;
    }
}
