using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HttpQuery.Json;

namespace HttpQuery;

/// <summary>Sends QUERY (RFC 10008) with JSON: <c>AsJson</c> sends a value, <c>FromJson</c> reads one, and
/// <c>FromJsonAsAsyncEnumerable</c> reads an array element by element.</summary>
/// <remarks>Names, parameters and exceptions match those of <see cref="HttpClientJsonExtensions"/>, so code can switch between them.
/// Without options, <see cref="JsonSerializerOptions.Web"/> applies. Trimmed and native programs use the overloads that take a
/// <see cref="JsonTypeInfo{T}"/>.</remarks>
public static partial class HttpClientQueryJsonExtensions
{
    // JsonTypeInfo and JsonSerializerOptions are both classes: the lower priority lets a bare null mean "no options".
    private const int BelowOptions = -1;

    /// <inheritdoc cref="QueryAsJsonAsync{TQuery}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<HttpResponseMessage> QueryAsJsonAsync<TQuery>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        client.QueryAsync(requestUri, JsonContent.Create(value, JsonQuerySender.GetTypeInfo<TQuery>(options)), cancellationToken);

    /// <summary>Sends <paramref name="value"/> as JSON, in a QUERY to <paramref name="requestUri"/>.</summary>
    /// <typeparam name="TQuery">The type that is serialized as the query content.</typeparam>
    /// <param name="client">Sends the request.</param>
    /// <param name="requestUri">The scope of the query, absolute or relative to <see cref="HttpClient.BaseAddress"/>;
    /// <see langword="null"/> or empty means the base address itself.</param>
    /// <param name="value">The query, sent as <c>application/json; charset=utf-8</c>.</param>
    /// <param name="options">Options to serialize with. Default: <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The response, with any status.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="TQuery"/> cannot be serialized.</exception>
    /// <exception cref="HttpRequestException">No response arrived, or its body is longer than
    /// <see cref="HttpClient.MaxResponseContentBufferSize"/>.</exception>
    /// <exception cref="TaskCanceledException">The request was canceled. The inner exception is a <see cref="TimeoutException"/> if
    /// <see cref="HttpClient.Timeout"/> passed.</exception>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<HttpResponseMessage> QueryAsJsonAsync<TQuery>(
        this HttpClient client, Uri? requestUri, TQuery value,
        JsonSerializerOptions? options = null, CancellationToken cancellationToken = default) =>
        client.QueryAsync(requestUri, JsonContent.Create(value, JsonQuerySender.GetTypeInfo<TQuery>(options)), cancellationToken);

    /// <inheritdoc cref="QueryAsJsonAsync{TQuery}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<HttpResponseMessage> QueryAsJsonAsync<TQuery>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        CancellationToken cancellationToken) =>
        client.QueryAsJsonAsync(requestUri, value, options: null, cancellationToken);

    /// <inheritdoc cref="QueryAsJsonAsync{TQuery}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [RequiresUnreferencedCode(JsonQuerySender.Unreferenced)]
    [RequiresDynamicCode(JsonQuerySender.Dynamic)]
    public static Task<HttpResponseMessage> QueryAsJsonAsync<TQuery>(
        this HttpClient client, Uri? requestUri, TQuery value, CancellationToken cancellationToken) =>
        client.QueryAsJsonAsync(requestUri, value, options: null, cancellationToken);

    /// <inheritdoc cref="QueryAsJsonAsync{TQuery}(HttpClient, Uri?, TQuery, JsonTypeInfo{TQuery}, CancellationToken)"/>
    [OverloadResolutionPriority(BelowOptions)]
    public static Task<HttpResponseMessage> QueryAsJsonAsync<TQuery>(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, TQuery value,
        JsonTypeInfo<TQuery> jsonTypeInfo, CancellationToken cancellationToken = default) =>
        client.QueryAsync(requestUri, JsonContent.Create(value, jsonTypeInfo), cancellationToken);

    /// <summary>Sends <paramref name="value"/> as JSON, in a QUERY to <paramref name="requestUri"/>.</summary>
    /// <param name="jsonTypeInfo">The contract to serialize with, from a source-generated context.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="jsonTypeInfo"/> is
    /// <see langword="null"/>.</exception>
    /// <inheritdoc cref="QueryAsJsonAsync{TQuery}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(BelowOptions)]
    public static Task<HttpResponseMessage> QueryAsJsonAsync<TQuery>(
        this HttpClient client, Uri? requestUri, TQuery value,
        JsonTypeInfo<TQuery> jsonTypeInfo, CancellationToken cancellationToken = default) =>
        client.QueryAsync(requestUri, JsonContent.Create(value, jsonTypeInfo), cancellationToken);
}
