using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.PrivateCache;
using HttpQuery.RequestBody;
using HttpQuery.ResponseBody;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace HttpQuery;

/// <summary>A private cache for GET and QUERY (RFC 9111, RFC 10008 §2.7) in an HttpClient.</summary>
/// <remarks>
/// <para>Private: requests share a response only if they are for the same user. <see cref="QueryCacheOptionsBase.CredentialHeaders"/>, <c>Cookie</c>, the cookies of the primary handler's
/// container, the user information of the URI and <see cref="PrivateCacheOptions.Partition"/> tell users apart.</para>
/// <para>Handlers that add credentials should stand above the cache. If one below adds them, only responses that say <c>public</c> or <c>s-maxage</c> are stored, and a warning is logged once. A handler
/// that takes its credential away again before it returns is seen by <c>AddQueryCache</c> only. The cache does not see client certificates and credentials of connections: give each user a
/// cache there.</para>
/// <para>A response is stored when it has been read to its end. One that was redirected below is not stored, nor one over HTTP/1.1 that has neither
/// <c>Content-Length</c> (which automatic decompression below removes) nor chunks: it may have been cut off. Stands above handlers that retry.</para>
/// <para>If a handler below throws, for example after a timeout or with an open circuit, a stale response is returned where <c>stale-if-error</c> allows it. A request that is cancelled gets its
/// cancellation. <see cref="HttpClient.Timeout"/> is such a cancellation: for stale responses from slow origins, set a shorter timeout below the cache.</para>
/// <para>JSON content is serialized once, and replaced by its bytes. Content that is longer than <see cref="QueryCacheOptionsBase.MaximumContentLength"/>, or contains an asynchronous sequence that
/// waits, passes by the cache; a retry or a redirect of such a request throws an exception.</para>
/// </remarks>
/// <example><code>
/// var cache = new QueryCacheHandler { InnerHandler = new SocketsHttpHandler() };
/// using var http = new HttpClient(cache);
/// </code></example>
public sealed class QueryCacheHandler : DelegatingHandler
{
    private readonly QueryCache _cache;
    private readonly PrivateCacheOptions _options;
    private readonly string[] _credentialHeaders;
    private readonly AddedCredentialTracker _below;
    private readonly ILoggerFactory? _loggers;
    private readonly string? _name;
    private readonly byte[] _partition;

    /// <summary>Makes a handler with a cache of its own, in memory.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the default ones.</param>
    /// <param name="timeProvider">The clock; default that of the system.</param>
    /// <param name="loggerFactory">Makes the logger of category <c>HttpQuery.Cache</c>; <see langword="null"/>, the default, logs nothing.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a credential header is not the name of a header.</exception>
    public QueryCacheHandler(PrivateCacheOptions? options = null, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(PrivateCacheRegistry.Create(options ??= new(), timeProvider, loggerFactory), options, loggerFactory)
    {
    }

    /// <summary>Makes a handler on a cache that others may use as well, with the same options.</summary>
    /// <param name="cache">A private cache.</param>
    /// <param name="options">Settings; those of the store are the cache's own here.</param>
    /// <param name="loggerFactory">Makes the logger of category <c>HttpQuery.Cache</c>; <see langword="null"/>, the default, logs nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="cache"/> is a shared one, an option is out of range, or a credential header is not the name of a header.</exception>
    public QueryCacheHandler(QueryCache cache, PrivateCacheOptions? options = null, ILoggerFactory? loggerFactory = null)
        : this(new PrivateCacheRegistry.Entry(cache, options ?? new(), []), loggerFactory, null)
    {
    }

    internal QueryCacheHandler(PrivateCacheRegistry.Entry client, ILoggerFactory? loggerFactory, string? name)
    {
        var (cache, options, partition) = client;
        ArgumentNullException.ThrowIfNull(cache);
        if (cache.Options.Rules.Mode is not CacheMode.Private) throw new ArgumentException("An HttpClient needs a private cache.", nameof(client));
        (_cache, _options, _credentialHeaders, _below) = (cache, options, options.GetValidatedCredentialHeaders(), AddedCredentialTracker.Get(cache));
        (_loggers, _name, _partition) = (loggerFactory, name, partition);
    }

    /// <summary>Whether the handler uses this cache.</summary>
    internal bool IsOn(QueryCache cache) => ReferenceEquals(_cache, cache);

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

        HttpResponseMessage? response = null;
        SyncOverAsync.Run(async () => response = await SendAsync(request, (message, token) => new(base.Send(message, token)), isBackground: false, cancellationToken).ConfigureAwait(false));
        return response!;
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, bool isBackground, CancellationToken cancellationToken)
    {
        // What is sent here may be a part of another request, through another client.
        OutgoingRequestTracker.Current = null;
        if (!RequestTarget.TryRead(request, out var target)) return await forward(request, cancellationToken).ConfigureAwait(false);
        if (!target.IsSendable) throw new InvalidOperationException("The request target contains a character that is not printable ASCII. Escape it: HttpClient would send parts of other requests in its place.");

        var snapshot = RequestSnapshot.Create(request, target, TransportCookies.Get(InnerHandler, request.RequestUri!), _options, _credentialHeaders);
        PooledContent? rented = null;
        if (snapshot.Method is "QUERY" or "GET" or "HEAD")
        {
            rented = Rent(request, cancellationToken);
            snapshot.Bytes = rented?.Bytes ?? await ReadContentAsync(request, cancellationToken).ConfigureAwait(false);
            snapshot.Content = request.Content;
        }
        try
        {
            var lookup = snapshot.ToCacheRequest(_partition, isBackground, _below.MayAffect(snapshot.User));
            var decision = await _cache.LookUpAsync(lookup, cancellationToken).ConfigureAwait(false);
            if (rented is not null && decision is not CacheDecision.Serve { Revalidation: null })
            {
                // What is sent takes longer than the lookup.
                snapshot.Bytes = rented.Bytes.ToArray();
                lookup.Content = new(snapshot.Bytes.Value);
            }
            switch (decision)
            {
                case CacheDecision.Serve serve:
                    if (serve.Revalidation is { } revalidation && revalidation.TryBegin()) _ = RevalidateAsync(request, snapshot, revalidation);
                    return Respond(request, serve.Message);
                case CacheDecision.Refuse refuse:
                    return Refuse(request, refuse);
                case CacheDecision.Forward { Exchange: var exchange }:
                    using (exchange)
                    {
                        if (rented is not null && request.Content is { } content) snapshot.IsChanged = !await IsStillAsync(snapshot, content, cancellationToken).ConfigureAwait(false);
                        return await ForwardAsync(request, snapshot, exchange, forward, cancellationToken).ConfigureAwait(false);
                    }
                default:
                    throw new UnreachableException();
            }
        }
        finally
        {
            rented?.Dispose();
            (snapshot.Content as StreamedJsonContent)?.StopIfUnsent();
        }
    }

    private async ValueTask<HttpResponseMessage> ForwardAsync(
        HttpRequestMessage request, RequestSnapshot snapshot, OriginExchange exchange, Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, CancellationToken cancellationToken)
    {
        var (uri, sent) = (request.RequestUri!, new OutgoingRequestTracker(snapshot));
        var own = exchange.Conditions.IsEmpty ? null : RequestConditions.Replace(request, exchange.Conditions);
        var (response, stale) = await SendAsync(request, snapshot, sent, exchange, own, forward, cancellationToken).ConfigureAwait(false);
        if (response is null) return Respond(request, stale!);
        var reaction = await ReceiveAsync(request, uri, snapshot, sent, response, exchange).ConfigureAwait(false);
        if (reaction is OriginReaction.Retry retry)
        {
            // As it came: handlers below would add their headers again.
            using var second = retry.Exchange;
            own?.RestoreAll(request);
            response.Dispose();
            OutgoingRequestTracker.Current = sent;
            response = await forward(request, cancellationToken).ConfigureAwait(false);
            reaction = await ReceiveAsync(request, uri, snapshot, sent, response, second).ConfigureAwait(false);
        }

        switch (reaction)
        {
            case OriginReaction.Serve serve:
                response.Dispose();
                return Respond(request, serve.Message);
            case OriginReaction.RelayAndStore { Capture: var capture } stored:
                SetStatus(response, stored.StatusLines);

                // Nobody has a reason to read nothing.
                if (response.StatusCode is HttpStatusCode.NoContent || response.Content.Headers.ContentLength is 0) await capture.StoreAsync().ConfigureAwait(false);
                else response.Content = new CapturingContent(response.Content, new(capture));
                return response;
            case OriginReaction.Relay relayed:
                SetStatus(response, relayed.StatusLines);
                return response;
            default:
                throw new UnreachableException();
        }
    }

    // A response, or a stored one that stands in because the origin cannot be reached.
    private async ValueTask<(HttpResponseMessage? Response, CachedMessage? Stale)> SendAsync(
        HttpRequestMessage request, RequestSnapshot snapshot, OutgoingRequestTracker sent, OriginExchange exchange, RequestConditions? own,
        Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, CancellationToken cancellationToken)
    {
        OutgoingRequestTracker.Current = sent;
        try
        {
            return (await forward(request, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception) when (!exchange.IsSafe)
        {
            // What the server had done by then is not known; perhaps another one, after a redirect.
            await exchange.InvalidateTargetAsync().ConfigureAwait(false);
            if (snapshot.Target.HostLines is not null) await _cache.EvictAsync(request.RequestUri!, CancellationToken.None).ConfigureAwait(false);
            if (!snapshot.HasSameTarget(request)) await RedirectInvalidator.InvalidateAsync(_cache, snapshot, request, null).ConfigureAwait(false);
            throw;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Timeouts and open circuits of handlers below have exceptions of their own.
            CheckUser(snapshot, sent, exchange, [request]);
            if (await exchange.FailAsync().ConfigureAwait(false) is not { } stale) throw;
            if (Logger is { } logger) PrivateCacheLog.ServedInstead(logger, _name ?? "", exception);
            return (null, stale);
        }
        finally
        {
            own?.Restore(request);
        }
    }

    private async ValueTask<OriginReaction> ReceiveAsync(
        HttpRequestMessage request, Uri uri, RequestSnapshot snapshot, OutgoingRequestTracker sent, HttpResponseMessage response, OriginExchange exchange)
    {
        // Stubs and some handlers do not say which message was answered.
        var answered = response.RequestMessage ?? request;
        if (!exchange.IsSafe) return await ReceiveUnsafeAsync(request, uri, snapshot, response, exchange).ConfigureAwait(false);

        // A response to another request says nothing of this one.
        HttpRequestMessage[] messages = ReferenceEquals(answered, request) ? [request] : [request, answered];
        if (snapshot.IsChanged || sent.HasOtherRequest || !await snapshot.IsSameAsync(messages).ConfigureAwait(false))
        {
            exchange.ReportUnknownUser();
            return exchange.Decline((int)response.StatusCode, StorageRefusal.Elsewhere);
        }

        CheckUser(snapshot, sent, exchange, messages);
        if (TransportCookies.Get(InnerHandler, uri) != snapshot.Cookies) exchange.ReportUnknownUser();
        var isSameVariant = sent.IsSameVariant(response);
        if (!isSameVariant && response.StatusCode is HttpStatusCode.NotModified) exchange.ReportUnknownUser();

        return await exchange.ReceiveAsync(HeadOf(response) with
        {
            Terms = () => new(
                !isSameVariant ? StorageRefusal.Changed : MayEndByClosing(response) ? StorageRefusal.Unframed : null,
                [],
                new FinalRequestCheck(snapshot, sent, request, answered).Evaluate),
        }).ConfigureAwait(false);
    }

    private async ValueTask<OriginReaction> ReceiveUnsafeAsync(HttpRequestMessage request, Uri uri, RequestSnapshot snapshot, HttpResponseMessage response, OriginExchange exchange)
    {
        var answered = response.RequestMessage ?? request;
        var isElsewhere = !snapshot.HasSameTarget(answered);
        if (isElsewhere) await RedirectInvalidator.InvalidateAsync(_cache, snapshot, answered, response).ConfigureAwait(false);
        var reaction = isElsewhere ? exchange.Decline((int)response.StatusCode, null) : await exchange.ReceiveAsync(HeadOf(response)).ConfigureAwait(false);
        if (!ReferenceEquals(answered, request) && !snapshot.HasSameTarget(request))
        {
            isElsewhere = true;
            await RedirectInvalidator.InvalidateAsync(_cache, snapshot, request, response).ConfigureAwait(false);
        }

        // The server is snapshot by its own name, too.
        if (snapshot.Target.HostLines is not null && (isElsewhere || InvalidationRules.Invalidates(snapshot.Method, (int)response.StatusCode))) await _cache.EvictAsync(uri).ConfigureAwait(false);
        return reaction;
    }

    private static OriginHead HeadOf(HttpResponseMessage response) => new((int)response.StatusCode, HeaderSnapshot.Create(response.Headers, response.Content.Headers));

    // Handlers below may have changed the message, or sent a copy.
    private void CheckUser(RequestSnapshot snapshot, OutgoingRequestTracker sent, OriginExchange exchange, HttpRequestMessage[] messages)
    {
        foreach (var message in messages) sent.Observe(message);
        if (!sent.HasOtherUser) return;
        exchange.ReportUnknownUser();
        if (sent.OtherUser is { } other) _below.Report(snapshot.User, other, Logger, _name ?? "");
    }

    private ILogger? Logger => _loggers?.CreateLogger(CacheTelemetry.LogCategory);

    private HttpResponseMessage Refuse(HttpRequestMessage request, CacheDecision.Refuse refusal)
    {
        var response = new HttpResponseMessage(HttpStatusCode.GatewayTimeout) { RequestMessage = request };
        SetStatus(response, _ => refusal.Status);
        return response;
    }

    private void SetStatus(HttpResponseMessage response, Func<StringValues, StringValues> lines)
    {
        if (!_cache.Options.SendsCacheStatus) return;
        string[] upstream = response.Headers.NonValidated.TryGetValues(CacheStatus.FieldName, out var values) ? [.. values] : [];
        response.Headers.Remove(CacheStatus.FieldName);
        response.Headers.TryAddWithoutValidation(CacheStatus.FieldName, (IEnumerable<string?>)lines(upstream));
    }

    // Where only the end of the connection ends the content, nobody knows whether it is whole (RFC 9112 §6.3). Automatic decompression takes Content-Length away, and overlooks
    // codings that are cut off, so what is left of such a response looks the same.
    private static bool MayEndByClosing(HttpResponseMessage response) =>
        response.Version < HttpVersion.Version20 && response.StatusCode is not HttpStatusCode.NoContent && response.Content.Headers.ContentLength is null && response.Headers.TransferEncodingChunked is not true;

    private PooledContent? Rent(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Content is { } content && content.Headers.ContentLength is { } length && length <= _options.MaximumContentLength ? PooledContent.TryCopy(content, (int)length, cancellationToken) : null;

    // A caller may have used its array again while the request waited for another. What is sent is what is compared here.
    private async ValueTask<bool> IsStillAsync(RequestSnapshot snapshot, HttpContent content, CancellationToken cancellationToken)
    {
        await content.LoadIntoBufferAsync(_options.MaximumContentLength, cancellationToken).ConfigureAwait(false);
        return (await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false)).AsSpan().SequenceEqual(snapshot.Bytes.GetValueOrDefault().Span);
    }

    // Null: not to be read, or too long. Content is read at most once: what was read is kept and sent, and a failure is the caller's, as when the content is sent.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content) return ReadOnlyMemory<byte>.Empty;
        if (content.Headers.ContentLength is not { } length) return content is JsonContent json ? JsonContentSerializer.ReplaceContent(request, json, _options.MaximumContentLength, cancellationToken) : null;
        if (length > _options.MaximumContentLength) return null;
        await content.LoadIntoBufferAsync(_options.MaximumContentLength, cancellationToken).ConfigureAwait(false);
        return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    private static HttpResponseMessage Respond(HttpRequestMessage request, CachedMessage message)
    {
        var response = new HttpResponseMessage((HttpStatusCode)message.Status) { RequestMessage = request, Content = new ReadOnlyMemoryContent(message.Content) };
        if (message.ContentLength is { } length) response.Content.Headers.ContentLength = length;
        foreach (var (name, lines) in message.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines)) response.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
        }
        return response;
    }

    private async Task RevalidateAsync(HttpRequestMessage request, RequestSnapshot snapshot, Revalidation revalidation)
    {
        try
        {
            using var patience = new CancellationTokenSource(_options.RevalidationTimeout);
            using var copy = RevalidationRequest.Create(request, snapshot);
            using var response = await SendAsync(copy, (message, token) => new(base.SendAsync(message, token)), isBackground: true, patience.Token).ConfigureAwait(false);
            await response.Content.CopyToAsync(Stream.Null, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The stale response was good enough for now; the next request tries again.
            if (Logger is { } logger) PrivateCacheLog.RevalidationFailed(logger, _name ?? "", exception);
        }
        finally
        {
            revalidation.End();
        }
    }
}
