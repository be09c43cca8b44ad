using System.Net.Http.Json;
using HttpQuery.RequestBody;

namespace HttpQuery.Replay;

/// <summary>Makes requests that can be sent more than once: after a redirect, as a fallback, or by a retry.</summary>
internal static class ReplayableRequest
{
    /// <summary>Default of <c>HttpQueryClientOptions.MaximumReplayLength</c>, in bytes.</summary>
    public const int DefaultMaximumLength = 1024 * 1024;

    /// <summary>Makes the content of a QUERY re-readable. Content of other methods stays as it is.</summary>
    /// <remarks>
    /// <para>Content is buffered if its length is known and within the limit. JSON content is serialized at once. Other content may be
    /// sent once. A second call costs nothing.</para>
    /// <para>The content of the request may be replaced. Call <see cref="Restore"/> when the request has been sent.</para>
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="maximumLength">Maximum length of buffered content, in bytes.</param>
    /// <param name="cancellationToken">Cancels the buffering.</param>
    /// <exception cref="QueryContentNotReplayableException">JSON content was serialized before, and its bytes were not kept.</exception>
    public static ValueTask PrepareAsync(HttpRequestMessage request, int maximumLength, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content || request.Method != HttpMethod.Query || IsInMemory(content)) return default;
        if (content is StreamedJsonContent) return default;
        if (content.Headers.ContentLength is { } length)
        {
            if (length <= maximumLength) return new(content.LoadIntoBufferAsync(maximumLength, cancellationToken));
        }
        else if (content is JsonContent json)
        {
            JsonContentSerializer.ReplaceContent(request, json, maximumLength, cancellationToken);
            return default;
        }
        if (content is not SingleUseContent) request.Content = new SingleUseContent(content, maximumLength);
        return default;
    }

    /// <summary>Puts the caller's content back after <see cref="PrepareAsync"/>. Ends a serialization that was never sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="content">The content that the request had before it was prepared.</param>
    public static void Restore(HttpRequestMessage request, HttpContent? content)
    {
        if (request.Content is not IReplacementContent replacement || !ReferenceEquals(replacement.Original, content)) return;
        request.Content = content;
        (replacement as StreamedJsonContent)?.StopIfUnsent();
    }

    /// <summary>Returns the bytes of re-readable content, and makes the request send exactly these.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content) return [];
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
        var bytes = copy.ToArray();
        if (content is not IReplacementContent) BufferedContent.Replace(request, content, bytes);
        return bytes;
    }

    /// <summary>Throws if content was sent and cannot be sent again.</summary>
    /// <exception cref="QueryContentNotReplayableException">The content can be sent once, and has been.</exception>
    public static void ThrowIfSpent(HttpContent? content)
    {
        if (content is IReplacementContent { IsSpent: true } spent) throw spent.CreateException();
    }

    /// <summary>Creates a new message for another sending: the same headers, options, version and policy, and the same content.</summary>
    /// <remarks>After the request has been sent, use a <see cref="RequestTemplate"/> that was captured before: handlers below change the
    /// message. Do not dispose the copy: it shares its content with the original.</remarks>
    /// <param name="request">The request. Its content was prepared by <see cref="PrepareAsync"/>.</param>
    /// <param name="target">The target of the copy. Default: the same.</param>
    /// <param name="method">The method of the copy. Default: the same.</param>
    /// <param name="keepsContent">Whether the copy has the content.</param>
    /// <exception cref="QueryContentNotReplayableException">The content can be sent once, and has been.</exception>
    public static HttpRequestMessage CreateCopy(
        HttpRequestMessage request, Uri? target = null, HttpMethod? method = null, bool keepsContent = true) =>
        RequestTemplate.Capture(request).CreateCopy(target, method, keepsContent);

    /// <summary>Tells whether the content of a prepared request can be read and sent any number of times.</summary>
    public static bool IsReplayable(HttpRequestMessage request) =>
        request.Content is not IReplacementContent replacement || replacement.IsReplayable;

    /// <summary>Tells whether content is the same as when the request was sent, or the original that was put back.</summary>
    /// <param name="content">The content now.</param>
    /// <param name="sent">The content that was sent.</param>
    public static bool IsSameContent(HttpContent? content, HttpContent? sent) =>
        ReferenceEquals(content, sent) || (sent is IReplacementContent replacement && ReferenceEquals(content, replacement.Original));

    // Exact types: application classes may derive from these and send other bytes.
    private static bool IsInMemory(HttpContent content)
    {
        var type = content.GetType();
        return type == typeof(BufferedContent) || type == typeof(ByteArrayContent) || type == typeof(StringContent)
            || type == typeof(FormUrlEncodedContent) || type == typeof(ReadOnlyMemoryContent);
    }
}
