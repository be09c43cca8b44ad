using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Status;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.PrivateCache;
using HttpQuery.Replay;
using HttpQuery.RequestBody;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace HttpQuery;

/// <summary>A private cache for GET and QUERY in an HttpClient (RFC 9111, RFC 10008 §2.7).</summary>
/// <remarks>
/// <para>Requests share a response only if they are for the same user. The cache tells users apart by
/// <see cref="QueryCacheOptionsBase.CredentialHeaders"/>, <c>Cookie</c>, the cookies of the primary handler's container, the user
/// information of the URI, and <see cref="PrivateCacheOptions.Partition"/>.</para>
/// <para>Place handlers that add credentials above the cache. If a handler below adds them, the cache stores only responses that say
/// <c>public</c> or <c>s-maxage</c>, and logs a warning once. Only <c>AddQueryCache</c> detects a handler that removes its credential
/// before it returns. The cache does not see client certificates or credentials of connections: give each such user a separate
/// cache.</para>
/// <para>A response is stored when it has been read to its end. A response that was redirected below the cache is not stored. An
/// HTTP/1.1 response that has neither <c>Content-Length</c> nor chunks is not stored, because it may have been cut off. Automatic
/// decompression below the cache removes <c>Content-Length</c>. Place the cache above handlers that retry.</para>
/// <para>If a handler below throws, for example after a timeout or with an open circuit, the caller gets a stale response where
/// <c>stale-if-error</c> allows it. A cancelled request throws its cancellation. <see cref="HttpClient.Timeout"/> is such a
/// cancellation: for stale responses from slow origins, set a shorter timeout below the cache.</para>
/// <para>JSON content is serialized once, and its bytes are sent. Content bypasses the cache if it is longer than
/// <see cref="QueryCacheOptionsBase.MaximumContentLength"/>, or contains an asynchronous sequence that waits. A retry or a redirect of
/// such a request throws an exception.</para>
/// </remarks>
/// <example><code>
/// var cache = new QueryCacheHandler { InnerHandler = new SocketsHttpHandler() };
/// using var http = new HttpClient(cache);
/// </code></example>
public sealed partial class QueryCacheHandler : DelegatingHandler
{
    private readonly QueryCache _cache;
    private readonly PrivateCacheOptions _options;
    private readonly string[] _credentialHeaders;
    private readonly AddedCredentialTracker _credentials;
    private readonly ILoggerFactory? _loggers;
    private readonly string? _name;
    private readonly byte[] _partition;

    /// <summary>Creates a handler with its own in-memory cache.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Cache</c>. Default <see langword="null"/>: no logs.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a credential header is not a header name.</exception>
    public QueryCacheHandler(PrivateCacheOptions? options = null, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(PrivateCacheRegistry.Create(options ??= new(), timeProvider, loggerFactory), options, loggerFactory)
    {
    }

    /// <summary>Creates a handler on a cache that other handlers with the same options may use, too.</summary>
    /// <param name="cache">A private cache.</param>
    /// <param name="options">Settings. The settings of the store have no effect here: the cache has its own.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Cache</c>. Default <see langword="null"/>: no logs.</param>
    /// <exception cref="ArgumentException"><paramref name="cache"/> is a shared cache, an option is out of range, or a credential header is
    /// not a header name.</exception>
    public QueryCacheHandler(QueryCache cache, PrivateCacheOptions? options = null, ILoggerFactory? loggerFactory = null)
        : this(new PrivateCacheRegistry.Entry(cache, options ?? new(), []), loggerFactory, null)
    {
    }

    internal QueryCacheHandler(PrivateCacheRegistry.Entry client, ILoggerFactory? loggerFactory, string? name)
    {
        var (cache, options, partition) = client;
        ArgumentNullException.ThrowIfNull(cache);
        if (cache.Options.Rules.Mode is not CacheMode.Private)
            throw new ArgumentException("An HttpClient needs a private cache.", nameof(client));
        (_cache, _options, _partition) = (cache, options, partition);
        (_credentialHeaders, _credentials) = (options.GetValidatedCredentialHeaders(), AddedCredentialTracker.Get(cache));
        (_loggers, _name) = (loggerFactory, name);
    }

    private ILogger? Logger => _loggers?.CreateLogger(CacheTelemetry.LogCategory);

    /// <summary>Tells whether the handler uses this cache.</summary>
    internal bool Uses(QueryCache cache) => ReferenceEquals(_cache, cache);

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SendAsync(request, (message, token) => new(base.SendAsync(message, token)), isBackground: false, cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        SendBelow forward = (message, token) => new(base.Send(message, token));
        return SyncOverAsync.Run(() => SendAsync(request, forward, isBackground: false, cancellationToken));
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, SendBelow forward, bool isBackground, CancellationToken cancellationToken)
    {
        // This request may be part of another one that was sent through another client.
        OutgoingRequestTracker.Current = null;
        if (!RequestTarget.TryRead(request, out var target)) return await forward(request, cancellationToken).ConfigureAwait(false);
        if (!target.IsSendable)
        {
            throw new InvalidOperationException(
                "The request target contains a character that is not printable ASCII. "
                + "Escape it: HttpClient would send parts of other requests in its place.");
        }

        var cookies = TransportCookies.Get(InnerHandler, request.RequestUri!);
        var original = request.Content;
        var snapshot = RequestSnapshot.Create(request, target, cookies, _options, _credentialHeaders);
        PooledContent? pooled = null;
        try
        {
            if (snapshot.Method is "QUERY" or "GET" or "HEAD")
            {
                pooled = TryCopyContent(request, cancellationToken);
                snapshot.Bytes = pooled?.Bytes ?? await ReadContentAsync(request, cancellationToken).ConfigureAwait(false);
                snapshot.Content = request.Content;
            }
            var lookup = snapshot.ToCacheRequest(_partition, isBackground, _credentials.MayAffect(snapshot.User));
            var decision = await _cache.LookUpAsync(lookup, cancellationToken).ConfigureAwait(false);
            if (pooled is not null && decision is not CacheDecision.Serve { Revalidation: null })
            {
                // A request that is sent outlives the pooled memory of the lookup.
                var bytes = pooled.Bytes.ToArray();
                snapshot.Bytes = bytes;
                lookup.Content = new(bytes);

                // What is sent is what was looked up.
                if (request.Content is { } content and not BufferedContent) BufferedContent.Replace(request, content, bytes);
                snapshot.Content = request.Content;
            }
            switch (decision)
            {
                case CacheDecision.Serve serve:
                    if (serve.Revalidation is { } revalidation && revalidation.TryBegin())
                        _ = RevalidateAsync(request, snapshot, revalidation);
                    return CreateResponse(request, serve.Message);
                case CacheDecision.Refuse refuse:
                    return CreateRefusal(request, refuse);
                case CacheDecision.Forward { Exchange: var exchange }:
                    using (exchange)
                        return await ForwardAsync(request, snapshot, exchange, forward, cancellationToken).ConfigureAwait(false);
                default:
                    throw new UnreachableException();
            }
        }
        finally
        {
            pooled?.Dispose();
            ReplayableRequest.Restore(request, original);
        }
    }

    private async Task RevalidateAsync(HttpRequestMessage request, RequestSnapshot snapshot, BackgroundRevalidation revalidation)
    {
        try
        {
            using var timeout = new CancellationTokenSource(_options.RevalidationTimeout);
            using var copy = RevalidationRequest.Create(request, snapshot);
            SendBelow forward = (message, token) => new(base.SendAsync(message, token));
            using var response = await SendAsync(copy, forward, isBackground: true, timeout.Token).ConfigureAwait(false);
            await response.Content.CopyToAsync(Stream.Null, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The caller already has the stale response. The next request tries again.
            if (Logger is { } logger) PrivateCacheLog.RevalidationFailed(logger, _name ?? "", exception);
        }
        finally
        {
            revalidation.End();
        }
    }

    private PooledContent? TryCopyContent(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Content is { } content && content.Headers.ContentLength is { } length && length <= _options.MaximumContentLength
            ? PooledContent.TryCopy(content, (int)length, cancellationToken)
            : null;

    // Returns null if the content cannot be read, or is too long. Content is read at most once: the bytes are kept and sent.
    // The caller gets a failure of the content, as when the content is sent.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content) return ReadOnlyMemory<byte>.Empty;
        if (content.Headers.ContentLength is not { } length)
        {
            return content is JsonContent json
                ? JsonContentSerializer.ReplaceContent(request, json, _options.MaximumContentLength, cancellationToken)
                : null;
        }
        if (length > _options.MaximumContentLength) return null;
        await content.LoadIntoBufferAsync(_options.MaximumContentLength, cancellationToken).ConfigureAwait(false);
        return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    private InformedResponse CreateRefusal(HttpRequestMessage request, CacheDecision.Refuse refusal)
    {
        var response = new InformedResponse(HttpStatusCode.GatewayTimeout, QueryResponseInfo.None) { RequestMessage = request };
        SetCacheStatus(response, _ => refusal.Status);
        return response;
    }

    private static InformedResponse CreateResponse(HttpRequestMessage request, CachedMessage message, QueryResponseInfo? info = null)
    {
        var response = new InformedResponse((HttpStatusCode)message.Status, info ?? QueryResponseInfo.Cached)
        {
            RequestMessage = request,
            Content = new ReadOnlyMemoryContent(message.Content),
        };
        if (message.ContentLength is { } length) response.Content.Headers.ContentLength = length;
        foreach (var (name, lines) in message.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines))
                response.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
        }
        return response;
    }

    private void SetCacheStatus(HttpResponseMessage response, Func<StringValues, StringValues> lines)
    {
        if (!_cache.Options.AddCacheStatus) return;
        string[] upstream = response.Headers.NonValidated.TryGetValues(CacheStatus.HeaderName, out var values) ? [.. values] : [];
        response.Headers.Remove(CacheStatus.HeaderName);
        response.Headers.TryAddWithoutValidation(CacheStatus.HeaderName, (IEnumerable<string?>)lines(upstream));
    }
}
