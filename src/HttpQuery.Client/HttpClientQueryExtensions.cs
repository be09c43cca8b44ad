using System.Diagnostics.CodeAnalysis;
using HttpQuery.Discovery;
using HttpQuery.Http;

namespace HttpQuery;

/// <summary>Sends QUERY (RFC 10008) through <see cref="HttpClient"/>: GET's safety and cacheability, with content.</summary>
/// <remarks>The client's <see cref="HttpClient.BaseAddress"/>, <see cref="HttpClient.DefaultRequestVersion"/>,
/// <see cref="HttpClient.DefaultVersionPolicy"/>, <see cref="HttpClient.Timeout"/> and
/// <see cref="HttpClient.MaxResponseContentBufferSize"/> apply as they do to
/// <see cref="HttpClient.PostAsync(Uri?, HttpContent?, CancellationToken)"/>.</remarks>
public static class HttpClientQueryExtensions
{
    /// <inheritdoc cref="QueryAsync(HttpClient, Uri?, HttpContent, HttpCompletionOption, CancellationToken)"/>
    public static Task<HttpResponseMessage> QueryAsync(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content) =>
        QueryAsync(
            client,
            QueryRequestFactory.CreateUri(requestUri),
            content,
            HttpCompletionOption.ResponseContentRead,
            CancellationToken.None);

    /// <inheritdoc cref="QueryAsync(HttpClient, Uri?, HttpContent, HttpCompletionOption, CancellationToken)"/>
    public static Task<HttpResponseMessage> QueryAsync(this HttpClient client, Uri? requestUri, HttpContent content) =>
        QueryAsync(client, requestUri, content, HttpCompletionOption.ResponseContentRead, CancellationToken.None);

    /// <inheritdoc cref="QueryAsync(HttpClient, Uri?, HttpContent, HttpCompletionOption, CancellationToken)"/>
    public static Task<HttpResponseMessage> QueryAsync(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        CancellationToken cancellationToken) =>
        QueryAsync(client, QueryRequestFactory.CreateUri(requestUri), content, HttpCompletionOption.ResponseContentRead, cancellationToken);

    /// <inheritdoc cref="QueryAsync(HttpClient, Uri?, HttpContent, HttpCompletionOption, CancellationToken)"/>
    public static Task<HttpResponseMessage> QueryAsync(
        this HttpClient client, Uri? requestUri, HttpContent content, CancellationToken cancellationToken) =>
        QueryAsync(client, requestUri, content, HttpCompletionOption.ResponseContentRead, cancellationToken);

    /// <inheritdoc cref="QueryAsync(HttpClient, Uri?, HttpContent, HttpCompletionOption, CancellationToken)"/>
    public static Task<HttpResponseMessage> QueryAsync(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        HttpCompletionOption completionOption) =>
        QueryAsync(client, QueryRequestFactory.CreateUri(requestUri), content, completionOption, CancellationToken.None);

    /// <inheritdoc cref="QueryAsync(HttpClient, Uri?, HttpContent, HttpCompletionOption, CancellationToken)"/>
    public static Task<HttpResponseMessage> QueryAsync(
        this HttpClient client, Uri? requestUri, HttpContent content, HttpCompletionOption completionOption) =>
        QueryAsync(client, requestUri, content, completionOption, CancellationToken.None);

    /// <inheritdoc cref="QueryAsync(HttpClient, Uri?, HttpContent, HttpCompletionOption, CancellationToken)"/>
    public static Task<HttpResponseMessage> QueryAsync(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri, HttpContent content,
        HttpCompletionOption completionOption, CancellationToken cancellationToken) =>
        QueryAsync(client, QueryRequestFactory.CreateUri(requestUri), content, completionOption, cancellationToken);

    /// <summary>Sends <paramref name="content"/> as a QUERY to <paramref name="requestUri"/>.</summary>
    /// <param name="client">Sends the request.</param>
    /// <param name="requestUri">The scope of the query, absolute or relative to <see cref="HttpClient.BaseAddress"/>;
    /// <see langword="null"/> or empty means the base address itself.</param>
    /// <param name="content">The query content. It needs a <c>Content-Type</c>: content and media type together are the query
    /// (RFC 10008 §2).</param>
    /// <param name="completionOption">When the task completes. Default: when the response body has been buffered.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The response, with any status.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> or <paramref name="content"/> is
    /// <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="content"/> has no <c>Content-Type</c>.</exception>
    /// <exception cref="InvalidOperationException">There is neither an absolute URI nor a base address.</exception>
    /// <exception cref="HttpRequestException">No response arrived, or its body is longer than
    /// <see cref="HttpClient.MaxResponseContentBufferSize"/>.</exception>
    /// <exception cref="TaskCanceledException">The request was canceled. The inner exception is a <see cref="TimeoutException"/> if
    /// <see cref="HttpClient.Timeout"/> passed.</exception>
    public static Task<HttpResponseMessage> QueryAsync(
        this HttpClient client, Uri? requestUri, HttpContent content, HttpCompletionOption completionOption,
        CancellationToken cancellationToken) =>
        client.SendAsync(QueryRequestFactory.Create(client, requestUri, content), completionOption, cancellationToken);

    /// <summary>Returns the query formats that a resource accepts, or <see langword="null"/> if the server does not name them (RFC 10008
    /// §3).</summary>
    /// <remarks>Sends OPTIONS, and HEAD if the response has no valid <c>Accept-Query</c>. With a <see cref="QueryDiscoveryHandler"/>, a
    /// value that an earlier response to the same path had is returned without a request. The status code does not count.</remarks>
    /// <param name="client">The client.</param>
    /// <param name="requestUri">The URI of the resource. Its URI query part does not count.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public static Task<AcceptQuery?> GetAcceptQueryAsync(
        this HttpClient client, Uri? requestUri, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return AcceptQueryRequest.SendAsync(client, requestUri, cancellationToken);
    }

    /// <inheritdoc cref="GetAcceptQueryAsync(HttpClient, Uri?, CancellationToken)"/>
    public static Task<AcceptQuery?> GetAcceptQueryAsync(
        this HttpClient client, [StringSyntax(StringSyntaxAttribute.Uri)] string? requestUri,
        CancellationToken cancellationToken = default) =>
        GetAcceptQueryAsync(client, QueryRequestFactory.CreateUri(requestUri), cancellationToken);
}
