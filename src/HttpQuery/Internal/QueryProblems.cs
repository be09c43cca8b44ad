using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Internal;

/// <summary>Writes problem details (RFC 9457) as the application writes its own.</summary>
internal static class QueryProblems
{
    public static Task WriteAsync(HttpContext context, int status, string detail) =>
        WriteAsync(context, new ProblemDetails { Status = status, Detail = detail });

    public static async Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        var status = problem.Status ?? StatusCodes.Status400BadRequest;
        context.Response.StatusCode = status;

        var service = context.RequestServices.GetService<IProblemDetailsService>();
        if (service is not null && await service.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem })) return;

        // The application has no service, or its writers declined (the framework's own does where Accept leaves JSON out).
        // The reader of an error is better served by this than by nothing (RFC 9110 §12.5.1 allows it).
        if (!context.Response.HasStarted) await WriteJsonAsync(context, problem, status);
    }

    private static async Task WriteJsonAsync(HttpContext context, ProblemDetails problem, int status)
    {
        context.Response.ContentType = "application/problem+json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("type", problem.Type ?? "https://www.rfc-editor.org/rfc/rfc9110#section-" + Section(status));
        writer.WriteString("title", problem.Title ?? ReasonPhrases.GetReasonPhrase(status));
        writer.WriteNumber("status", status);
        if (problem.Detail is not null) writer.WriteString("detail", problem.Detail);
        if (problem is HttpValidationProblemDetails { Errors: var errors })
        {
            writer.WriteStartObject("errors");
            foreach (var (name, messages) in errors)
            {
                writer.WriteStartArray(name);
                foreach (var message in messages) writer.WriteStringValue(message);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        foreach (var (name, value) in problem.Extensions)
        {
            if (value is long number) writer.WriteNumber(name, number);
        }
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }

    private static string Section(int status) => status switch
    {
        405 => "15.5.6",
        413 => "15.5.14",
        415 => "15.5.16",
        422 => "15.5.21",
        _ => "15.5.1",
    };
}
