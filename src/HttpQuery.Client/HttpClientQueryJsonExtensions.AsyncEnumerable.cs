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
    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        JsonSerializerOptions? options, CancellationToken cancellationToken = default) =>
        JsonQuerySender.EnumerateAsync(
            client, QueryRequestFactory.CreateUri(requestUri), content, JsonQuerySender.GetTypeInfo<TResult>(options), cancellationToken);

    /// <summary>Sends <paramref name="content"/> as a QUERY to <paramref name="requestUri"/> and yields the elements of the response's
    /// JSON array as they arrive.</summary>
    /// <remarks>Each enumeration sends the query again, and disposes the response when it ends, early or not.
    /// <see cref="HttpClient.Timeout"/> applies until the response headers arrive. The array may take longer, and may be larger than
    /// <see cref="HttpClient.MaxResponseContentBufferSize"/>.</remarks>
    /// <typeparam name="TResult">The type of each element.</typeparam>
    /// <param name="client">Sends the request.</param>
    /// <param name="requestUri">The scope of the query, absolute or relative to <see cref="HttpClient.BaseAddress"/>;
    /// <see langword="null"/> or empty means the base address itself.</param>
    /// <param name="content">The query content. It needs a <c>Content-Type</c>: content and media type together are the query
    /// (RFC 10008 §2).</param>
    /// <param name="options">Options to deserialize with. Default: <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <param name="cancellationToken">Cancels the request and the enumeration.</param>
    /// <returns>The elements. Enumerating throws <see cref="HttpRequestException"/> if no response arrives,
    /// <see cref="QueryRequestException"/> if its status is not 2xx, and <see cref="JsonException"/> if it is not such an
    /// array.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="content"/> is
    /// <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="content"/> has no <c>Content-Type</c>.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="TResult"/> cannot be read from JSON.</exception>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TResult>(
        this HttpClient client, Uri? requestUri, HttpContent content,
        JsonSerializerOptions? options, CancellationToken cancellationToken = default) =>
        JsonQuerySender.EnumerateAsync(client, requestUri, content, JsonQuerySender.GetTypeInfo<TResult>(options), cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsAsyncEnumerable<TResult>(requestUri, content, options: null, cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TResult>(
        this HttpClient client, Uri? requestUri, HttpContent content,
        CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsAsyncEnumerable<TResult>(requestUri, content, options: null, cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TResult}(HttpClient, Uri?, HttpContent, JsonTypeInfo{TResult}, CancellationToken)"/>
    [OverloadResolutionPriority(BelowOptions)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        JsonTypeInfo<TResult> jsonTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.EnumerateAsync(client, QueryRequestFactory.CreateUri(requestUri), content, jsonTypeInfo, cancellationToken);

    /// <summary>Sends <paramref name="content"/> as a QUERY to <paramref name="requestUri"/> and yields the elements of the response's
    /// JSON array as they arrive.</summary>
    /// <param name="jsonTypeInfo">The contract to deserialize an element with, from a source-generated context.</param>
    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(BelowOptions)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TResult>(
        this HttpClient client, Uri? requestUri, HttpContent content,
        JsonTypeInfo<TResult> jsonTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.EnumerateAsync(client, requestUri, content, jsonTypeInfo, cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsAsyncEnumerable(
            requestUri,
            value,
            JsonQuerySender.GetTypeInfo<TQuery>(options),
            JsonQuerySender.GetTypeInfo<TResult>(options),
            cancellationToken);

    /// <summary>Sends <paramref name="value"/> as JSON, in a QUERY to <paramref name="requestUri"/>, and yields the elements of the
    /// response's JSON array as they arrive.</summary>
    /// <typeparam name="TQuery">The type that is serialized as the query content.</typeparam>
    /// <typeparam name="TResult">The type of each element.</typeparam>
    /// <param name="value">The query, sent as <c>application/json; charset=utf-8</c>.</param>
    /// <param name="options">Options to serialize and deserialize with. Default: <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TResult}(HttpClient, Uri?, HttpContent, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(
        this HttpClient client, Uri? requestUri, TQuery value,
        JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        client.QueryFromJsonAsAsyncEnumerable(
            requestUri,
            value,
            JsonQuerySender.GetTypeInfo<TQuery>(options),
            JsonQuerySender.GetTypeInfo<TResult>(options),
            cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        CancellationToken cancellationToken) =>
        client.QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(requestUri, value, options: null, cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(
        this HttpClient client, Uri? requestUri, TQuery value,
        CancellationToken cancellationToken) =>
        client.QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(requestUri, value, options: null, cancellationToken);

    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TQ, TR}(HttpClient, Uri?, TQ, JsonTypeInfo{TQ}, JsonTypeInfo{TR}, CancellationToken)"/>
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        JsonTypeInfo<TQuery> queryTypeInfo, JsonTypeInfo<TResult> resultTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.EnumerateAsync(
            client, QueryRequestFactory.CreateUri(requestUri), JsonContent.Create(value, queryTypeInfo), resultTypeInfo, cancellationToken);

    /// <summary>Sends <paramref name="value"/> as JSON, in a QUERY to <paramref name="requestUri"/>, and yields the elements of the
    /// response's JSON array as they arrive.</summary>
    /// <param name="queryTypeInfo">The contract to serialize with, from a source-generated context.</param>
    /// <param name="resultTypeInfo">The contract to deserialize an element with, from a source-generated context.</param>
    /// <inheritdoc
    /// cref="QueryFromJsonAsAsyncEnumerable{TQuery, TResult}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    public static IAsyncEnumerable<TResult?> QueryFromJsonAsAsyncEnumerable<TQuery, TResult>(
        this HttpClient client, Uri? requestUri, TQuery value,
        JsonTypeInfo<TQuery> queryTypeInfo, JsonTypeInfo<TResult> resultTypeInfo, CancellationToken cancellationToken = default) =>
        JsonQuerySender.EnumerateAsync(client, requestUri, JsonContent.Create(value, queryTypeInfo), resultTypeInfo, cancellationToken);
}
