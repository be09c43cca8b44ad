using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HttpQuery.Http;
using HttpQuery.Problems;
using HttpQuery.ResponseBody;

namespace HttpQuery.Json;

/// <summary>Sends the queries of all JSON overloads. Each overload supplies content and a <see cref="JsonTypeInfo{T}"/>.</summary>
internal static class JsonQuerySender
{
    public const string Unreferenced =
        "Reflection-based serialization needs members that trimming may remove. Use the overload that takes a JsonTypeInfo.";

    public const string Dynamic =
        "Reflection-based serialization may need code generated at run time. Use the overload that takes a JsonTypeInfo.";

    /// <summary>Returns the contract of <typeparamref name="T"/> in <paramref name="options"/>. Default:
    /// <see cref="JsonSerializerOptions.Web"/>.</summary>
    [RequiresUnreferencedCode(Unreferenced)]
    [RequiresDynamicCode(Dynamic)]
    public static JsonTypeInfo<T> GetTypeInfo<T>(JsonSerializerOptions? options)
    {
        options ??= JsonSerializerOptions.Web;
        options.MakeReadOnly(populateMissingResolver: true);
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    /// <summary>Sends the query and reads one JSON value. The client's timeout and size limit apply until the last byte.</summary>
    public static Task<TResult?> ReadAsync<TResult>(
        HttpClient client, Uri? requestUri, HttpContent content, JsonTypeInfo<TResult> jsonTypeInfo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jsonTypeInfo);
        var request = QueryRequestFactory.Create(client, requestUri, content);

        // Sent outside the async method: an error in the call itself is thrown by the call, not by its task.
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
        await ProblemReader.ThrowIfErrorAsync(response, client.Timeout, cancellationToken).ConfigureAwait(false);

        var elements = response.Content.ReadFromJsonAsAsyncEnumerable(jsonTypeInfo, cancellationToken);
        await foreach (var element in elements.ConfigureAwait(false)) yield return element;
    }

    private static async Task<TResult?> ReadAsync<TResult>(
        HttpClient client, Task<HttpResponseMessage> sending, long started, JsonTypeInfo<TResult> jsonTypeInfo,
        CancellationToken cancellationToken)
    {
        using var response = await sending.ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            var remaining = client.Timeout == Timeout.InfiniteTimeSpan ? client.Timeout : Remaining(client.Timeout, started);
            await ProblemReader.ThrowIfErrorAsync(response, remaining, cancellationToken).ConfigureAwait(false);
        }

        // Once the headers have arrived, HttpClient no longer applies its timeout and size limit.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (client.Timeout != Timeout.InfiniteTimeSpan) deadline.CancelAfter(Remaining(client.Timeout, started));
        try
        {
            var limit = client.MaxResponseContentBufferSize;
            if (response.Content.Headers.ContentLength > limit) LengthLimitStream.ThrowOverLimit(limit);

            var stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            using var limited = new StreamContent(new LengthLimitStream(stream, limit));
            limited.Headers.ContentType = response.Content.Headers.ContentType; // its charset decides how the bytes are decoded
            return await limited.ReadFromJsonAsync(jsonTypeInfo, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled) when (cancellationToken.IsCancellationRequested)
        {
            // The caller recognizes its cancellation by its own token, not by the linked one.
            throw new TaskCanceledException(canceled.Message, canceled, cancellationToken);
        }
        catch (OperationCanceledException canceled) when (deadline.IsCancellationRequested)
        {
            // HttpClient itself reports its timeout in this form.
            throw new TaskCanceledException(
                $"HttpClient.Timeout ({client.Timeout.TotalSeconds} s) passed while the response body was being read.",
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
