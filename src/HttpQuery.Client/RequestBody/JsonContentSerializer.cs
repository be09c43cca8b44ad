using System.Net.Http.Json;
using System.Runtime.CompilerServices;

namespace HttpQuery.RequestBody;

/// <summary>Serializes JSON content exactly once. A value may contain a sequence that can be enumerated only once, at any depth, so a second serialization could be a shorter one.</summary>
internal sealed class JsonContentSerializer
{
    private static readonly ConditionalWeakTable<JsonContent, JsonContentSerializer> Begun = [];

    private bool _hasBegun;
    private byte[]? _bytes;

    /// <summary>Replaces the JSON content of a request: by its bytes if they fit, else by content that sends what was serialized so far, and then the rest.</summary>
    /// <param name="request">The request. Its content stays replaced, so that a handler above which sends the request again sends the same.</param>
    /// <param name="json">The content of the request.</param>
    /// <param name="maximumLength">How much is serialized before the request is sent, in bytes.</param>
    /// <param name="cancellationToken">Ends the serialization.</param>
    /// <returns>The bytes, or <see langword="null"/> if they do not fit or are not there yet.</returns>
    /// <exception cref="InvalidOperationException">The content has been serialized before, and its bytes were not kept.</exception>
    public static ReadOnlyMemory<byte>? ReplaceContent(HttpRequestMessage request, JsonContent json, int maximumLength, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var serialized = Begun.GetOrCreateValue(json);
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
            var sink = new BufferingWriteStream(maximumLength);
            using var registration = cancellationToken.UnsafeRegister(static sink => ((BufferingWriteStream)sink!).Stop(), sink);
            var serialization = json.CopyToAsync(sink, sink.Stopping);

            // Plain values never wait. What waits is an asynchronous sequence, or content over the limit.
            if (!serialization.IsCompleted) return new StreamedJsonContent(sink, serialization);
            if (serialization.IsCanceled) cancellationToken.ThrowIfCancellationRequested();
            serialization.GetAwaiter().GetResult();
            _bytes = sink.TakeBuffered().ToArray();
        }
        return new ByteArrayContent(_bytes ?? throw StreamedJsonContent.AlreadySent());
    }
}
