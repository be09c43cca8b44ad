using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HttpQuery.Http;
using HttpQuery.ResponseBody;

namespace HttpQuery.Json;

/// <summary>The one path behind every JSON door: each overload has become content and a <see cref="JsonTypeInfo{T}"/> by then.</summary>
internal static class JsonQuerySender
{
    public const string Unreferenced =
        "Serializing by reflection needs members that trimming may remove. Use the overload that takes a JsonTypeInfo.";

    public const string Dynamic =
        "Serializing by reflection may need code made at run time. Use the overload that takes a JsonTypeInfo.";

    /// <summary>The contract of <typeparamref name="T"/> under <paramref name="options"/>, by default those for the web.</summary>
    [RequiresUnreferencedCode(Unreferenced)]
    [RequiresDynamicCode(Dynamic)]
    public static JsonTypeInfo<T> GetTypeInfo<T>(JsonSerializerOptions? options)
    {
        options ??= JsonSerializerOptions.Web;
        options.MakeReadOnly(populateMissingResolver: true);
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    /// <summary>Sends the query and reads one JSON value, under the client's timeout and limit from the first octet to the last.</summary>
    public static Task<TResult?> ReadAsync<TResult>(
        HttpClient client, Uri? requestUri, HttpContent content, JsonTypeInfo<TResult> jsonTypeInfo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jsonTypeInfo);
        var request = QueryRequestFactory.Create(client, requestUri, content);

        // Sent outside the async method: what is wrong with the call itself is thrown from the call.
        var started = Stopwatch.GetTimestamp();
        var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return ReadAsync(client, sending, started, jsonTypeInfo, cancellationToken);
    }

    /// <summary>Sends the query when enumerated, and yields the elements of a JSON array as they arrive.</summary>
    public static IAsyncEnumerable<TResult?> EnumerateAsync<TResult>(
        HttpClient client, Uri? requestUri, HttpContent content, JsonTypeInfo<TResult> jsonTypeInfo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jsonTypeInfo);
        QueryRequestFactory.Validate(client, content);
        return EnumerateCoreAsync(client, requestUri, content, jsonTypeInfo, cancellationToken);
    }

    private static async IAsyncEnumerable<TResult?> EnumerateCoreAsync<TResult>(
        HttpClient client, Uri? requestUri, HttpContent content, JsonTypeInfo<TResult> jsonTypeInfo,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = QueryRequestFactory.Create(client, requestUri, content);
        var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var response = await sending.ConfigureAwait(false);
        response.EnsureSuccessStatusCode();

        var elements = response.Content.ReadFromJsonAsAsyncEnumerable(jsonTypeInfo, cancellationToken);
        await foreach (var element in elements.ConfigureAwait(false)) yield return element;
    }

    private static async Task<TResult?> ReadAsync<TResult>(
        HttpClient client, Task<HttpResponseMessage> sending, long started, JsonTypeInfo<TResult> jsonTypeInfo,
        CancellationToken cancellationToken)
    {
        using var response = await sending.ConfigureAwait(false);
        response.EnsureSuccessStatusCode();

        // After the header section HttpClient watches neither its timeout nor its limit any more.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (client.Timeout != Timeout.InfiniteTimeSpan) deadline.CancelAfter(Remaining(client.Timeout, started));
        try
        {
            var limit = client.MaxResponseContentBufferSize;
            if (response.Content.Headers.ContentLength > limit) LengthLimitStream.ThrowOverLimit(limit);

            var stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            using var limited = new StreamContent(new LengthLimitStream(stream, limit));
            limited.Headers.ContentType = response.Content.Headers.ContentType; // its charset decides how the octets are read
            return await limited.ReadFromJsonAsync(jsonTypeInfo, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled) when (cancellationToken.IsCancellationRequested)
        {
            // By its own token the caller tells its cancellation from others; the linked one would mean nothing to it.
            throw new TaskCanceledException(canceled.Message, canceled, cancellationToken);
        }
        catch (OperationCanceledException canceled) when (deadline.IsCancellationRequested)
        {
            // The shape in which HttpClient itself reports its timeout.
            throw new TaskCanceledException(
                $"HttpClient.Timeout ({client.Timeout.TotalSeconds} s) passed while the content of the response was being read.",
                new TimeoutException(canceled.Message, canceled),
                canceled.CancellationToken);
        }
    }

    private static TimeSpan Remaining(TimeSpan timeout, long started)
    {
        var remaining = timeout - Stopwatch.GetElapsedTime(started);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }
}
