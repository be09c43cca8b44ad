using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace KubeList.Errors;

/// <summary>Writes a <c>Status</c> as the response.</summary>
internal static class StatusWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext context, KubeStatus status)
    {
        var json = Serialize(status);
        var response = context.Response;
        response.StatusCode = status.Code;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        if (status.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(json, context.RequestAborted);
    }

    public static ReadOnlyMemory<byte> Serialize(KubeStatus status)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Status");
        writer.WriteString("apiVersion"u8, "v1");
        writer.WriteStartObject("metadata"u8);
        if (status.Continue is not null) writer.WriteString("continue"u8, status.Continue);
        writer.WriteEndObject();
        writer.WriteString("status"u8, "Failure");
        writer.WriteString("message"u8, status.Message);
        writer.WriteString("reason"u8, status.Reason);
        if (status is not { Name: null, Kind: null, Causes: [], RetryAfterSeconds: null }) WriteDetails(writer, status);
        writer.WriteNumber("code"u8, status.Code);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteDetails(Utf8JsonWriter writer, KubeStatus status)
    {
        writer.WriteStartObject("details"u8);
        if (status.Name is not null) writer.WriteString("name"u8, status.Name);
        if (status.Group is not null) writer.WriteString("group"u8, status.Group);
        if (status.Kind is not null) writer.WriteString("kind"u8, status.Kind);
        if (status.Causes.Count > 0)
        {
            writer.WriteStartArray("causes"u8);
            foreach (var cause in status.Causes)
            {
                writer.WriteStartObject();
                writer.WriteString("reason"u8, cause.Reason);
                writer.WriteString("message"u8, cause.Message);
                if (cause.Field.Length > 0) writer.WriteString("field"u8, cause.Field);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (status.RetryAfterSeconds is { } seconds) writer.WriteNumber("retryAfterSeconds"u8, seconds);
        writer.WriteEndObject();
    }
}
