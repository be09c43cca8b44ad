using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeList.Lists;

/// <summary>Writes a page by copying the stored octets of its items; no object is read or built.</summary>
internal static class ListWriter
{
    private const int FlushThreshold = 128 * 1024;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ReadOnlySpan<byte> End => "]}"u8;

    public static async Task WriteAsync(HttpContext context, ListPage page)
    {
        var head = Head(page);
        var response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = head.Length + page.Items.Sum(item => item.Json.Length + 1L) - (page.Items.Count > 0 ? 1 : 0) + End.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;

        var writer = response.BodyWriter;
        writer.Write(head);
        for (var i = 0; i < page.Items.Count; i++)
        {
            if (i > 0) writer.Write(","u8);
            writer.Write(page.Items[i].Json);

            // A slow reader holds up this list, not the server's memory.
            if (writer.UnflushedBytes > FlushThreshold) await writer.FlushAsync(context.RequestAborted);
        }

        writer.Write(End);
        await writer.FlushAsync(context.RequestAborted);
    }

    // All that stands before the first item; the bracket is left open.
    private static byte[] Head(ListPage page)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, page.Kind.Kind + "List");
        writer.WriteString("apiVersion"u8, page.Kind.ApiVersion);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, page.Revision.ToString(CultureInfo.InvariantCulture));
        if (page.Continue is not null) writer.WriteString("continue"u8, page.Continue);
        if (page.Remaining is { } remaining) writer.WriteNumber("remainingItemCount"u8, remaining);
        writer.WriteEndObject();
        writer.WriteStartArray("items"u8);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
