using System.Net.Http.Json;
using System.Runtime.CompilerServices;

namespace HttpQuery.RequestBody;

/// <summary>Serializes JSON content exactly once.</summary>
/// <remarks>A value may contain, at any depth, a sequence that can be enumerated only once. A second serialization could then be
/// shorter.</remarks>
internal sealed class JsonContentSerializer
{
    private static readonly ConditionalWeakTable<JsonContent, JsonContentSerializer> Serializers = [];

    private bool _hasBegun;
    private byte[]? _bytes;

    /// <summary>Replaces the JSON content of a request by its bytes. If they do not fit, the new content sends the bytes so far, then the
    /// rest.</summary>
    /// <param name="request">The request. Handlers put the original content back when the request has been sent. If the request is sent
    /// again, its content is replaced by the same bytes.</param>
    /// <param name="json">The content of the request.</param>
    /// <param name="maximumLength">Maximum length that is serialized before the request is sent, in bytes.</param>
    /// <param name="cancellationToken">Cancels the serialization.</param>
    /// <returns>The bytes, or <see langword="null"/> if they do not fit or are not complete yet.</returns>
    /// <exception cref="QueryContentNotReplayableException">The content was serialized before, and its bytes were not kept.</exception>
    public static ReadOnlyMemory<byte>? ReplaceContent(
        HttpRequestMessage request, JsonContent json, int maximumLength, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var serialized = Serializers.GetOrCreateValue(json);
        HttpContent replacement;
        lock (serialized) replacement = serialized.Serialize(json, maximumLength, cancellationToken);
        foreach (var (name, values) in json.Headers.NonValidated) replacement.Headers.TryAddWithoutValidation(name, values);
        request.Content = replacement;
        if (serialized._bytes is { } bytes) return bytes;
        return null;
    }

    private HttpContent Serialize(JsonContent json, int maximumLength, CancellationToken cancellationToken)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            var buffer = new BufferingWriteStream(maximumLength);
            using var registration = cancellationToken.UnsafeRegister(static buffer => ((BufferingWriteStream)buffer!).Stop(), buffer);
            var serialization = json.CopyToAsync(buffer, buffer.Stopping);

            // Plain values never wait. Only an asynchronous sequence, or content over the limit, does.
            if (!serialization.IsCompleted) return new StreamedJsonContent(buffer, serialization, json, maximumLength);
            if (serialization.IsCanceled) cancellationToken.ThrowIfCancellationRequested();
            serialization.GetAwaiter().GetResult();
            _bytes = buffer.TakeBuffered().ToArray();
        }
        return new BufferedContent(_bytes ?? throw QueryContentNotReplayableException.CreateForJson(maximumLength), json);
    }
}
