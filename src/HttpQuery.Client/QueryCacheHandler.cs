using System.Net;
using System.Net.Http.Json;
using HttpQuery.Caching;
using HttpQuery.PrivateCache;
using Microsoft.Extensions.Primitives;

namespace HttpQuery;

/// <summary>A private cache for GET and QUERY (RFC 9111, RFC 10008 §2.7) in an HttpClient.</summary>
/// <remarks>
/// <para>Private: the responses to requests with other <c>Authorization</c> or <c>Cookie</c> fields, or of another <see cref="PrivateCacheOptions.Partition"/>, are another user's. A cookie container
/// adds its cookies below, where this handler does not see them: give each its own cache.</para>
/// <para>A response is stored when it has been read to its end. One that was redirected below is not stored, nor one over HTTP/1.1 that has neither
/// <c>Content-Length</c> (which automatic decompression below removes) nor chunks: it may have been cut off. Stands above handlers that retry.</para>
/// </remarks>
/// <example><code>
/// var cache = new QueryCacheHandler { InnerHandler = new SocketsHttpHandler() };
/// using var http = new HttpClient(cache);
/// </code></example>
public sealed class QueryCacheHandler : DelegatingHandler
{
    // As long as HttpClient waits by default.
    private static readonly TimeSpan BackgroundTimeout = TimeSpan.FromSeconds(100);

    private readonly QueryCache _cache;
    private readonly PrivateCacheOptions _options;

    /// <summary>Makes a handler with a cache of its own, in memory.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the default ones.</param>
    /// <param name="timeProvider">The clock; default that of the system.</param>
    public QueryCacheHandler(PrivateCacheOptions? options = null, TimeProvider? timeProvider = null)
        : this(CreateCache(options ??= new(), timeProvider), options)
    {
    }

    /// <summary>Makes a handler on a cache that others may use as well.</summary>
    /// <param name="cache">A private cache.</param>
    /// <param name="options">Settings; those of the store are the cache's own here.</param>
    /// <exception cref="ArgumentException"><paramref name="cache"/> is a shared one.</exception>
    public QueryCacheHandler(QueryCache cache, PrivateCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(cache);
        if (cache.Options.Rules.Mode is not CacheMode.Private) throw new ArgumentException("An HttpClient needs a private cache.", nameof(cache));
        (_cache, _options) = (cache, options ?? new());
    }

    internal static QueryCache CreateCache(PrivateCacheOptions options, TimeProvider? timeProvider) => new(
        new() { MaximumResponseLength = options.MaximumResponseLength },
        new MemoryCacheStore(options.MaximumSize, options.MaximumCount, timeProvider),
        timeProvider);

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SendAsync(request, (message, token) => new(base.SendAsync(message, token)), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // What goes on after a wait would be posted to this thread, which waits for it.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return SendAsync(request, (message, token) => new(base.Send(message, token)), cancellationToken).AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri || uri.Scheme is not ("http" or "https")) return await forward(request, cancellationToken);

        var method = request.Method;
        var asked = await ReadAsync(request, uri, cancellationToken);
        var transaction = await _cache.BeginAsync(asked, cancellationToken);
        var isCaptured = false;
        try
        {
            if (transaction.Action is CacheAction.Serve)
            {
                if (transaction.TryBeginRevalidation()) _ = RevalidateAsync(request, transaction);
                return Respond(request, transaction);
            }
            if (transaction.Action is CacheAction.Refuse) return new(HttpStatusCode.GatewayTimeout) { RequestMessage = request };

            var response = await ForwardAsync(request, transaction, forward, cancellationToken);
            if (response is null) return Respond(request, transaction);
            var head = await ReceiveAsync(method, uri, response, transaction);
            if (head is CacheHead.Resend)
            {
                response.Dispose();
                response = await forward(request, cancellationToken);
                head = await ReceiveAsync(method, uri, response, transaction);
            }

            switch (head)
            {
                case CacheHead.Serve:
                    response.Dispose();
                    return Respond(request, transaction);
                case CacheHead.Capture when response.StatusCode is HttpStatusCode.NoContent || response.Content.Headers.ContentLength is 0:
                    // Nobody has a reason to read nothing.
                    await transaction.CompleteAsync(default);
                    return response;
                case CacheHead.Capture:
                    isCaptured = true;
                    response.Content = new CapturedContent(response.Content, transaction, _cache.Options.MaximumResponseLength);
                    return response;
                default:
                    return response;
            }
        }
        finally
        {
            if (!isCaptured) transaction.Dispose();
        }
    }

    // Null where the origin cannot be reached, and what is stored may stand in.
    private static async ValueTask<HttpResponseMessage?> ForwardAsync(
        HttpRequestMessage request, CacheTransaction transaction, Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, CancellationToken cancellationToken)
    {
        var own = transaction.Action is CacheAction.Validate ? RequestConditions.Replace(request, transaction.Conditions) : null;
        try
        {
            return await forward(request, cancellationToken);
        }
        catch (HttpRequestException)
        {
            if (!await transaction.TryServeInsteadAsync()) throw;
            return null;
        }
        finally
        {
            own?.Restore(request);
        }
    }

    // A response from elsewhere says nothing of the URI that was asked; that an unsafe request succeeded does.
    private static async ValueTask<CacheHead> ReceiveAsync(HttpMethod method, Uri uri, HttpResponseMessage response, CacheTransaction transaction)
    {
        var isRedirected = response.RequestMessage?.RequestUri != uri || response.RequestMessage?.Method != method;
        if (isRedirected && transaction.IsSafe)
        {
            transaction.Abandon();
            return transaction.Action is CacheAction.Validate && response.StatusCode is HttpStatusCode.NotModified ? CacheHead.Resend : CacheHead.Pass;
        }

        var head = await transaction.ReceiveAsync((int)response.StatusCode, MessageFields.Of(response.Headers, response.Content.Headers));
        if (head is not CacheHead.Capture || !MayEndByClosing(response)) return head;
        transaction.Abandon();
        return CacheHead.Pass;
    }

    // Where only the end of the connection ends the content, nobody knows whether it is whole (RFC 9112 §6.3). Automatic decompression takes Content-Length away, and overlooks
    // codings that are cut off, so what is left of such a response looks the same.
    private static bool MayEndByClosing(HttpResponseMessage response) =>
        response.Version < HttpVersion.Version20 && response.StatusCode is not HttpStatusCode.NoContent && response.Content.Headers.ContentLength is null && response.Headers.TransferEncodingChunked is not true;

    private async ValueTask<CacheRequest> ReadAsync(HttpRequestMessage request, Uri uri, CancellationToken cancellationToken) => new()
    {
        Method = MethodOf(request),
        Scheme = uri.Scheme,
        Authority = request.Headers.Host ?? (uri.HostNameType is UriHostNameType.Dns ? uri.Authority.Replace(uri.Host, uri.IdnHost, StringComparison.Ordinal) : uri.Authority),
        Target = uri.PathAndQuery,
        Fields = MessageFields.Of(request.Headers, request.Content?.Headers),
        Content = MethodOf(request) is "QUERY" or "GET" or "HEAD" ? await ReadContentAsync(request.Content, cancellationToken) : null,
        Partition = UserPartition.Of(request, _options.Partition),
    };

    // HttpMethod compares without case, and so does what is below.
    private static string MethodOf(HttpRequestMessage request) =>
        request.Method == HttpMethod.Query ? "QUERY" : request.Method == HttpMethod.Get ? "GET" : request.Method == HttpMethod.Head ? "HEAD" : request.Method.Method;

    // Null: not to be read, or too long. What is read can be read again.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        if (content is null) return ReadOnlyMemory<byte>.Empty;
        if (content.Headers.ContentLength > _options.MaximumContentLength) return null;

        // What has no known length may be longer than is to be kept, and what is not JSON may be readable only once.
        if (content.Headers.ContentLength is null && content is not JsonContent) return null;
        try
        {
            await content.LoadIntoBufferAsync(_options.MaximumContentLength, cancellationToken);
            return await content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static HttpResponseMessage Respond(HttpRequestMessage request, CacheTransaction transaction)
    {
        var answer = transaction.Answer();
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status) { RequestMessage = request, Content = new ReadOnlyMemoryContent(answer.Content) };
        if (answer.ContentLength is { } length) response.Content.Headers.ContentLength = length;
        foreach (var (name, lines) in answer.Fields)
        {
            if (!response.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines)) response.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
        }
        return response;
    }

    private async Task RevalidateAsync(HttpRequestMessage request, CacheTransaction stale)
    {
        try
        {
            using var patience = new CancellationTokenSource(BackgroundTimeout);
            using var copy = Copy(request);
            using var response = await SendAsync(copy, (message, token) => new(base.SendAsync(message, token)), patience.Token);
            await response.Content.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The stale response was good enough for now; the next request tries again.
        }
        finally
        {
            stale.EndRevalidation();
        }
    }

    // The content has been read into memory by then. The options may say whom the request speaks for.
    private static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method == HttpMethod.Head ? HttpMethod.Get : request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach (var (key, value) in request.Options) ((IDictionary<string, object?>)copy.Options)[key] = value;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (!name.StartsWith("If-", StringComparison.OrdinalIgnoreCase) && name is not ("Range" or "Cache-Control")) copy.Headers.TryAddWithoutValidation(name, values);
        }
        copy.Headers.CacheControl = new() { MaxAge = TimeSpan.Zero };
        if (request.Content is not { } content) return copy;
        copy.Content = new ByteArrayContent(content.ReadAsByteArrayAsync().GetAwaiter().GetResult());
        foreach (var (name, values) in content.Headers.NonValidated) copy.Content.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }
}
