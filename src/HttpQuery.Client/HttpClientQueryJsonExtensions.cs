using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HttpQuery.Json;

namespace HttpQuery;

/// <summary>QUERY (RFC 10008) with JSON on either side: <c>AsJson</c> sends a value, <c>FromJson</c> reads one,
/// <c>FromJsonAsAsyncEnumerable</c> reads an array element by element.</summary>
/// <remarks>Names, parameters and failures are those of <see cref="HttpClientJsonExtensions"/>, so that code may pass from one to the
/// other. Without options, <see cref="JsonSerializerOptions.Web"/> applies; trimmed and native programs use the overloads that take a
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
    /// <typeparam name="TQuery">The type whose JSON is the query content.</typeparam>
    /// <param name="client">Sends the request.</param>
    /// <param name="requestUri">The scope of the query, absolute or relative to <see cref="HttpClient.BaseAddress"/>;
    /// <see langword="null"/> or empty stands for the base address itself.</param>
    /// <param name="value">The query; its content is sent as <c>application/json; charset=utf-8</c>.</param>
    /// <param name="options">How to serialize. Default: <see cref="JsonSerializerOptions.Web"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The response, whatever its status.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="TQuery"/> cannot be serialized.</exception>
    /// <exception cref="HttpRequestException">No response was had, or it is over
    /// <see cref="HttpClient.MaxResponseContentBufferSize"/>.</exception>
    /// <exception cref="TaskCanceledException">Canceled; with a <see cref="TimeoutException"/> inside where
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
    /// <param name="jsonTypeInfo">How to serialize, from a source-generated context.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="jsonTypeInfo"/> is
    /// <see langword="null"/>.</exception>
    /// <inheritdoc cref="QueryAsJsonAsync{TQuery}(HttpClient, Uri?, TQuery, JsonSerializerOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(BelowOptions)]
    public static Task<HttpResponseMessage> QueryAsJsonAsync<TQuery>(
        this HttpClient client, Uri? requestUri, TQuery value,
        JsonTypeInfo<TQuery> jsonTypeInfo, CancellationToken cancellationToken = default) =>
        client.QueryAsync(requestUri, JsonContent.Create(value, jsonTypeInfo), cancellationToken);
}
