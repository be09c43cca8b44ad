using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HttpQuery.Http;
using HttpQuery.Json;

namespace HttpQuery;

public static partial class HttpClientQueryJsonExtensions
{
    /// <inheritdoc cref="QueryFromJsonAsync{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        JsonSerializerOptions? options, CancellationToken cancellationToken = default) =>
        JsonQuerySender.ReadAsync(
            client, QueryRequestFactory.CreateUri(requestUri), content, JsonQuerySender.GetTypeInfo<TResult>(options), cancellationToken);

    /// <summary>Sends <paramref name="content"/> as a QUERY to <paramref name="requestUri"/> and reads the response as one JSON
    /// value.</summary>
    /// <remarks><see cref="HttpClient.Timeout"/> and <see cref="HttpClient.MaxResponseContentBufferSize"/> apply until the
    /// last byte of the response.</remarks>
    /// <typeparam name="TResult">The type of the response's JSON value.</typeparam>
    /// <param name="client">Sends the request.</param>
    /// <param name="requestUri">The scope of the query, absolute or relative to <see cref="HttpClient.BaseAddress"/>;
    /// <see langword="null"/> or empty means the base address itself.</param>
    /// <param name="content">The query content. It needs a <c>Content-Type</c>: content and media type together are the query
    /// (RFC 10008 §2).</param>
    /// <param name="options">Options to deserialize with. Default: <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <param name="cancellationToken">Cancels the request and the reading of the response.</param>
    /// <returns>The value, or <see langword="null"/> if the JSON is <c>null</c>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="content"/> is
    /// <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="content"/> has no <c>Content-Type</c>.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="TResult"/> cannot be read from JSON.</exception>
    /// <exception cref="QueryRequestException">The status is not 2xx. The exception has the status, the problem details (RFC 9457) and the
    /// accepted formats.</exception>
    /// <exception cref="HttpRequestException">No response arrived, or its body is longer than
    /// <see cref="HttpClient.MaxResponseContentBufferSize"/>.</exception>
    /// <exception cref="JsonException">The response is not JSON of that type.</exception>
    /// <exception cref="TaskCanceledException">The request was canceled. The inner exception is a <see cref="TimeoutException"/> if
    /// <see cref="HttpClient.Timeout"/> passed.</exception>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TResult>(
        this HttpClient client, Uri? requestUri, HttpContent content,
        JsonSerializerOptions? options, CancellationToken cancellationToken = default) =>
        JsonQuerySender.ReadAsync(client, requestUri, content, JsonQuerySender.GetTypeInfo<TResult>(options), cancellationToken);

    /// <inheritdoc cref="QueryFromJsonAsync{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsync<TResult>(requestUri, content, options: null, cancellationToken);

    /// <inheritdoc cref="QueryFromJsonAsync{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TResult>(
        this HttpClient client, Uri? requestUri, HttpContent content,
        CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsync<TResult>(requestUri, content, options: null, cancellationToken);

    /// <inheritdoc cref="QueryFromJsonAsync{TResult}(HttpClient, Uri?, HttpContent, JsonTypeInfo{TResult}, CancellationToken)"/>
    [OverloadResolutionPriority(BelowOptions)]
    public static Task<TResult?> QueryFromJsonAsync<TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        JsonTypeInfo<TResult> jsonTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.ReadAsync(client, QueryRequestFactory.CreateUri(requestUri), content, jsonTypeInfo, cancellationToken);

    /// <summary>Sends <paramref name="content"/> as a QUERY to <paramref name="requestUri"/> and reads the response as one JSON
    /// value.</summary>
    /// <param name="jsonTypeInfo">The contract to deserialize with, from a source-generated context.</param>
    /// <inheritdoc cref="QueryFromJsonAsync{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(BelowOptions)]
    public static Task<TResult?> QueryFromJsonAsync<TResult>(
        this HttpClient client, Uri? requestUri, HttpContent content,
        JsonTypeInfo<TResult> jsonTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.ReadAsync(client, requestUri, content, jsonTypeInfo, cancellationToken);

    /// <inheritdoc cref="QueryFromJsonAsync{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TQuery, TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsync(
            requestUri,
            value,
            JsonQuerySender.GetTypeInfo<TQuery>(options),
            JsonQuerySender.GetTypeInfo<TResult>(options),
            cancellationToken);

    /// <summary>Sends <paramref name="value"/> as JSON, in a QUERY to <paramref name="requestUri"/>, and reads the response as one JSON
    /// value.</summary>
    /// <typeparam name="TQuery">The type that is serialized as the query content.</typeparam>
    /// <typeparam name="TResult">The type of the response's JSON value.</typeparam>
    /// <param name="value">The query, sent as <c>application/json; charset=utf-8</c>.</param>
    /// <param name="options">Options to serialize and deserialize with. Default: <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <inheritdoc cref="QueryFromJsonAsync{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TQuery, TResult>(
        this HttpClient client, Uri? requestUri, TQuery value,
        JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsync(
            requestUri,
            value,
            JsonQuerySender.GetTypeInfo<TQuery>(options),
            JsonQuerySender.GetTypeInfo<TResult>(options),
            cancellationToken);

    /// <inheritdoc cref="QueryFromJsonAsync{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TQuery, TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        CancellationToken cancellationToken) =>
        client.QueryFromJsonAsync<TQuery, TResult>(requestUri, value, options: null, cancellationToken);

    /// <inheritdoc cref="QueryFromJsonAsync{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<TResult?> QueryFromJsonAsync<TQuery, TResult>(
        this HttpClient client, Uri? requestUri, TQuery value,
        CancellationToken cancellationToken) =>
        client.QueryFromJsonAsync<TQuery, TResult>(requestUri, value, options: null, cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsync{TQ, TR}(HttpClient, Uri?, TQ, JsonTypeInfo{TQ}, JsonTypeInfo{TR}, CancellationToken)"/>
    public static Task<TResult?> QueryFromJsonAsync<TQuery, TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        JsonTypeInfo<TQuery> queryTypeInfo, JsonTypeInfo<TResult> resultTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.ReadAsync(
            client, QueryRequestFactory.CreateUri(requestUri), JsonContent.Create(value, queryTypeInfo), resultTypeInfo, cancellationToken);

    /// <summary>Sends <paramref name="value"/> as JSON, in a QUERY to <paramref name="requestUri"/>, and reads the response as one JSON
    /// value.</summary>
    /// <param name="queryTypeInfo">The contract to serialize with, from a source-generated context.</param>
    /// <param name="resultTypeInfo">The contract to deserialize with, from a source-generated context.</param>
    /// <inheritdoc cref="QueryFromJsonAsync{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    public static Task<TResult?> QueryFromJsonAsync<TQuery, TResult>(
        this HttpClient client, Uri? requestUri, TQuery value,
        JsonTypeInfo<TQuery> queryTypeInfo, JsonTypeInfo<TResult> resultTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.ReadAsync(client, requestUri, JsonContent.Create(value, queryTypeInfo), resultTypeInfo, cancellationToken);
}
