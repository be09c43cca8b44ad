using System.Text.Json;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Problems;

/// <summary>Writes problem details (RFC 9457) as the application writes its own.</summary>
internal static class ProblemWriter
{
    private static readonly string[] ResultHeaders =
        ["Content-Encoding", "Content-Language", "Location", "Content-Location"];

    public static Task WriteAsync(HttpContext context, int status, RejectionReason reason, string detail) =>
        WriteAsync(context, reason, new() { Status = status, Detail = detail });

    public static async Task WriteAsync(HttpContext context, RejectionReason reason, ProblemDetails problem)
    {
        var status = problem.Status ?? StatusCodes.Status400BadRequest;
        QueryTelemetry.RecordRejection(context, status, reason);
        var response = context.Response;
        response.StatusCode = status;

        // Headers about the handler's result do not apply to the problem, except the validators if they are its reason (412).
        response.ContentLength = null;
        response.ContentType = null;
        foreach (var name in ResultHeaders) response.Headers.Remove(name);
        CacheDirectiveHeaders.Remove(response.Headers);
        if (status is not StatusCodes.Status412PreconditionFailed)
            response.Headers.ETag = response.Headers.LastModified = StringValues.Empty;

        var service = context.RequestServices.GetService<IProblemDetailsService>();
        if (service is not null
            && await service.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem })
            && (response.HasStarted || response.ContentType is not null))
            return;

        // The application has no service, or its writers declined (the framework's own does if Accept excludes JSON), or claimed to
        // have written and did not (MVC's). This response helps the reader of an error more than an empty one (RFC 9110 §12.5.1
        // allows it).
        if (!response.HasStarted) await WriteJsonAsync(context, problem, status);
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
            if (value is not JsonElement element) continue;
            writer.WritePropertyName(name);
            element.WriteTo(writer);
        }
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }

    private static string Section(int status) => status switch
    {
        404 => "15.5.5",
        405 => "15.5.6",
        406 => "15.5.7",
        408 => "15.5.9",
        410 => "15.5.11",
        412 => "15.5.13",
        413 => "15.5.14",
        415 => "15.5.16",
        416 => "15.5.17",
        422 => "15.5.21",
        503 => "15.6.4",
        504 => "15.6.5",
        _ => "15.5.1",
    };
}
