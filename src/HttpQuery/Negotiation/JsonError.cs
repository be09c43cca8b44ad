using System.Globalization;
using System.Text.Json;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Negotiation;

/// <summary>The position at which JSON content cannot be read, without any of the content (§2.1; RFC 8259).</summary>
/// <param name="Line">Line of the error, counted from 1; <see langword="null"/> if the content as a whole is at fault.</param>
/// <param name="Byte">Byte in that line, counted from 1.</param>
internal sealed record JsonError(long? Line, long? Byte)
{
    public static JsonError From(JsonException exception) =>
        exception is { LineNumber: { } line, BytePositionInLine: { } position } ? new(line + 1, position + 1) : new(null, null);

    /// <summary>Finds the first error of <paramref name="content"/> as a <paramref name="type"/>, or returns
    /// <see langword="null"/> if there is none.</summary>
    public static JsonError? Find(ReadOnlySpan<byte> content, Type type, bool optional, JsonSerializerOptions options)
    {
        if (content.StartsWith("\uFEFF"u8)) content = content[3..];
        try
        {
            var value = JsonSerializer.Deserialize(content, options.GetTypeInfo(type));
            return value is null && !optional ? new(null, null) : null;
        }
        catch (JsonException exception)
        {
            return From(exception);
        }
        catch (Exception exception)
            when (exception is NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            // The application's own type or converter threw it; its meaning is not known here.
            return null;
        }
    }

    public Task WriteAsync(HttpContext context)
    {
        var problem = new ProblemDetails
        {
            Status = StatusCodes.Status400BadRequest,
            Detail = Line is null
                ? $"The {(JsonMediaType.IsJson(context.Request.ContentType) ? "JSON " : "")}"
                    + "content is not a valid query for this resource."
                : $"The JSON content is not a valid query for this resource: line {Line}, byte {Byte}.",
        };
        if (Line is not null) (problem.Extensions["line"], problem.Extensions["byte"]) = (Number(Line.Value), Number(Byte!.Value));
        return ProblemWriter.WriteAsync(context, RejectionReason.MalformedContent, problem);
    }

    // The only type of extension members that the framework's problem details can always serialize: native AOT has metadata for no other.
    private static JsonElement Number(long number) => JsonElement.Parse(number.ToString(CultureInfo.InvariantCulture));
}
