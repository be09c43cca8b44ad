using System.Text;
using System.Text.Json;

namespace KubeList.Tests.Hosting;

/// <summary>A response, with what the tests ask of lists and of <c>Status</c> objects.</summary>
public sealed record Answer(int Code, string? ContentType, byte[] Content, IReadOnlyDictionary<string, string> Fields)
{
    public string Text => Encoding.UTF8.GetString(Content);

    public JsonElement Json => JsonDocument.Parse(Content).RootElement;

    public IReadOnlyList<string> Names =>
        [.. Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("metadata").GetProperty("name").GetString()!)];

    /// <summary>The continue token, of a list or of a <c>Status</c>; <see langword="null"/> where there is none.</summary>
    public string? Continue => Metadata("continue")?.GetString();

    public string? ResourceVersion => Metadata("resourceVersion")?.GetString();

    public long? Remaining => Metadata("remainingItemCount")?.GetInt64();

    public string Message => Json.GetProperty("message").GetString()!;

    public string Reason => Json.GetProperty("reason").GetString()!;

    /// <summary>The causes of a <c>Status</c> as <c>reason field: message</c>.</summary>
    public IReadOnlyList<string> Causes =>
    [
        .. Json.GetProperty("details").GetProperty("causes").EnumerateArray().Select(cause =>
        {
            var place = cause.TryGetProperty("field", out var path) ? path.GetString() : "";
            return $"{cause.GetProperty("reason").GetString()} {place}: {cause.GetProperty("message").GetString()}";
        }),
    ];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Content.Headers.ContentType?.ToString(),
        await response.Content.ReadAsByteArrayAsync(),
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(field => field.Key, field => string.Join(", ", field.Value), StringComparer.OrdinalIgnoreCase));

    /// <summary>Asserts that this is a <c>Status</c> as Kubernetes writes it, of that code and reason.</summary>
    public Answer IsStatus(int code, string reason)
    {
        Assert.Equal(code, Code);
        Assert.Equal("application/json", ContentType);
        Assert.Equal("Status", Json.GetProperty("kind").GetString());
        Assert.Equal("v1", Json.GetProperty("apiVersion").GetString());
        Assert.Equal("Failure", Json.GetProperty("status").GetString());
        Assert.Equal(code, Json.GetProperty("code").GetInt32());
        Assert.Equal(reason, Reason);
        return this;
    }

    private JsonElement? Metadata(string name) => Json.GetProperty("metadata").TryGetProperty(name, out var value) ? value : null;
}
