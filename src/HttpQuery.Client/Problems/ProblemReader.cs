using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using HttpQuery.Diagnostics;

namespace HttpQuery.Problems;

/// <summary>Reads what an error response says: problem details (RFC 9457) and accepted formats (RFC 10008 §3).</summary>
internal static class ProblemReader
{
    private const int MaximumLength = 64 * 1024, MaximumHeaderLength = 16 * 1024, MaximumFormats = 100, MaximumTextLength = 1000;

    /// <summary>Throws if the status is not 2xx.</summary>
    /// <param name="response">The response. Its body is read if it contains problem details.</param>
    /// <param name="timeout">Maximum time for the body. An error without its details is better than none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="QueryRequestException">The status is not 2xx.</exception>
    public static async ValueTask ThrowIfErrorAsync(HttpResponseMessage response, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var problem = await ReadAsync(response, timeout, cancellationToken).ConfigureAwait(false);
        var (formats, info) = (ReadFormats(response), QueryResponseInfo.Get(response));
        throw new QueryRequestException(CreateMessage(response, problem, formats, info), response.StatusCode, problem, formats, info);
    }

    private static async ValueTask<QueryProblemDetails?> ReadAsync(
        HttpResponseMessage response, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not { } mediaType
            || !mediaType.Equals("application/problem+json", StringComparison.OrdinalIgnoreCase)
            || response.Content.Headers.ContentLength > MaximumLength)
        {
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MaximumLength + 1);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(timeout);
            var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            var length = await body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaximumLength + 1), MaximumLength + 1, throwOnEndOfStream: false, deadline.Token).ConfigureAwait(false);
            return length > MaximumLength ? null : Parse(buffer.AsMemory(0, length));
        }
        catch (OperationCanceledException canceled) when (cancellationToken.IsCancellationRequested)
        {
            throw new TaskCanceledException(canceled.Message, canceled, cancellationToken);
        }
        catch (Exception)
        {
            // Decoders of compressed bodies have exceptions of their own. The status counts.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static QueryProblemDetails? Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind is not JsonValueKind.Object) return null;
        string? type = null, title = null, detail = null, instance = null;
        int? status = null;
        Dictionary<string, IReadOnlyList<string>> errors = [];
        Dictionary<string, JsonElement> extensions = [];
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var text = member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString() : null;
            switch (member.Name)
            {
                case "type": type = text; break;
                case "title": title = text; break;
                case "detail": detail = text; break;
                case "instance": instance = text; break;
                case "status": status = ReadStatus(member.Value); break;
                case "errors" when TryReadErrors(member.Value, errors): break;
                default: extensions[member.Name] = member.Value.Clone(); break;
            }
        }
        return new()
        {
            Type = type,
            Title = title,
            Status = status,
            Detail = detail,
            Instance = instance,
            Errors = errors,
            Extensions = extensions,
        };
    }

    private static int? ReadStatus(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var status) ? status : null;

    // Other servers have errors of other shapes, for example a list of objects. Those stay in the extensions.
    private static bool TryReadErrors(JsonElement value, Dictionary<string, IReadOnlyList<string>> errors)
    {
        if (value.ValueKind is not JsonValueKind.Object) return false;
        foreach (var part in value.EnumerateObject())
        {
            if (part.Value.ValueKind is not JsonValueKind.Array
                || part.Value.EnumerateArray().Any(message => message.ValueKind is not JsonValueKind.String))
            {
                errors.Clear();
                return false;
            }
            errors[part.Name] = [.. part.Value.EnumerateArray().Select(message => message.GetString()!)];
        }
        return true;
    }

    private static List<string> ReadFormats(HttpResponseMessage response)
    {
        if (TryGetLines(response, AcceptQuery.HeaderName, out var lines) && AcceptQuery.TryParse(lines, out var accepted))
            return [.. accepted.Take(MaximumFormats).Select(member => new AcceptQuery(member).ToAcceptString())];
        if (response.StatusCode is not HttpStatusCode.UnsupportedMediaType || !TryGetLines(response, "Accept", out lines)) return [];

        using var message = new HttpRequestMessage();
        foreach (var line in lines) message.Headers.Accept.TryParseAdd(line);
        return [.. message.Headers.Accept.Take(MaximumFormats).Select(format => format.ToString())];
    }

    private static bool TryGetLines(HttpResponseMessage response, string name, out string[] lines)
    {
        lines = response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? [.. values] : [];
        return lines.Length > 0 && lines.Sum(line => line.Length) <= MaximumHeaderLength;
    }

    private static string CreateMessage(
        HttpResponseMessage response, QueryProblemDetails? problem, List<string> formats, QueryResponseInfo info)
    {
        // It begins as that of EnsureSuccessStatusCode.
        var message = new StringBuilder();
        message.Append(
            CultureInfo.InvariantCulture,
            $"Response status code does not indicate success: {(int)response.StatusCode} ({Clean(response.ReasonPhrase)}).");
        if (problem?.Title is { Length: > 0 } title) message.Append(' ').Append(Clean(title));
        if (problem?.Detail is { Length: > 0 } detail) message.Append(' ').Append(Clean(detail));
        foreach (var (part, messages) in problem?.Errors.Take(10) ?? [])
            message.Append(CultureInfo.InvariantCulture, $" {Clean(part)}: {Clean(string.Join(' ', messages.Take(10)))}");
        if (response.StatusCode is HttpStatusCode.UnsupportedMediaType && formats.Count > 0)
            message.Append(CultureInfo.InvariantCulture, $" The server accepts {Clean(string.Join(", ", formats.Take(10)))}.");
        if (info.RedirectRefusal is { } refusal) message.Append(' ').Append(ClientTelemetry.TextOf(refusal));
        return message.ToString();
    }

    // The server chooses the text: it is cut off, and stays on one line.
    private static string Clean(string? text)
    {
        if (text is null) return "";
        var kept = text.Length > MaximumTextLength ? string.Concat(text.AsSpan(0, MaximumTextLength), "…") : text;
        return string.Create(kept.Length, kept, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}
