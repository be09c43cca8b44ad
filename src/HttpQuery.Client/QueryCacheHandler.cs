using System.Net;
using System.Net.Http.Json;
using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.PrivateCache;
using Microsoft.Extensions.Logging;

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
    private readonly CredentialsBelow _below;
    private readonly ILoggerFactory? _loggers;
    private readonly string? _name;
    private readonly byte[] _partition;

    /// <summary>Makes a handler with a cache of its own, in memory.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the default ones.</param>
    /// <param name="timeProvider">The clock; default that of the system.</param>
    /// <param name="loggerFactory">Makes the logger of category <c>HttpQuery.Cache</c>; <see langword="null"/>, the default, logs nothing.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a credential header is not the name of a header.</exception>
    public QueryCacheHandler(PrivateCacheOptions? options = null, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(PrivateCaches.Create(options ??= new(), timeProvider, loggerFactory), options, loggerFactory)
    {
    }

    /// <summary>Makes a handler on a cache that others may use as well, with the same options.</summary>
    /// <param name="cache">A private cache.</param>
    /// <param name="options">Settings; those of the store are the cache's own here.</param>
    /// <param name="loggerFactory">Makes the logger of category <c>HttpQuery.Cache</c>; <see langword="null"/>, the default, logs nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="cache"/> is a shared one, an option is out of range, or a credential header is not the name of a header.</exception>
    public QueryCacheHandler(QueryCache cache, PrivateCacheOptions? options = null, ILoggerFactory? loggerFactory = null)
        : this(new PrivateCaches.Entry(cache, options ?? new(), []), loggerFactory, null)
    {
    }

    internal QueryCacheHandler(PrivateCaches.Entry client, ILoggerFactory? loggerFactory, string? name)
    {
        var (cache, options, partition) = client;
        ArgumentNullException.ThrowIfNull(cache);
        if (cache.Options.Rules.Mode is not CacheMode.Private) throw new ArgumentException("An HttpClient needs a private cache.", nameof(client));
        (_cache, _options, _credentialHeaders, _below) = (cache, options, options.CheckedCredentialHeaders(), CredentialsBelow.Of(cache));
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
        SynchronousCall.Wait(async () => response = await SendAsync(request, (message, token) => new(base.Send(message, token)), isBackground: false, cancellationToken).ConfigureAwait(false));
        return response!;
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, bool isBackground, CancellationToken cancellationToken)
    {
        // What is sent here may be a part of another request, through another client.
        OutgoingRequests.Current = null;
        if (!SentTarget.TryRead(request, out var target)) return await forward(request, cancellationToken).ConfigureAwait(false);
        if (!target.IsSendable) throw new InvalidOperationException("The request target contains a character that is not printable ASCII. Escape it: HttpClient would send parts of other requests in its place.");

        var asked = LookedUpRequest.Of(request, target, TransportCookies.Of(InnerHandler, request.RequestUri!), _options, _credentialHeaders);
        if (asked.Method is "QUERY" or "GET" or "HEAD") (asked.Bytes, asked.Content) = (await ReadContentAsync(request, cancellationToken).ConfigureAwait(false), request.Content);
        CacheTransaction? transaction = null;
        var isCaptured = false;
        try
        {
            transaction = await _cache.BeginAsync(asked.ToCacheRequest(_partition, isBackground), cancellationToken).ConfigureAwait(false);
            var isUserUncertain = _below.MayConcern(asked.User);
            if (isUserUncertain) transaction.ReportUnknownUser();
            if (transaction.Action is CacheAction.Serve)
            {
                // An answer to a visitor, while a handler below may be about to sign this request in.
                if (isUserUncertain && !IsForEveryone(transaction)) return await ForwardUncertainAsync(request, transaction, forward, cancellationToken).ConfigureAwait(false);
                if (transaction.TryBeginRevalidation()) _ = RevalidateAsync(request, asked, transaction);
                return Respond(request, transaction);
            }
            if (transaction.Action is CacheAction.Refuse) return Refuse(request, transaction);

            var uri = request.RequestUri!;
            var sent = new OutgoingRequests(asked);
            var response = await ForwardAsync(request, asked, sent, transaction, forward, cancellationToken).ConfigureAwait(false);
            if (response is null) return Respond(request, transaction);
            var head = await ReceiveAsync(request, uri, asked, sent, response, transaction).ConfigureAwait(false);
            if (head is CacheHead.Resend)
            {
                response.Dispose();
                OutgoingRequests.Current = sent;
                response = await forward(request, cancellationToken).ConfigureAwait(false);
                head = await ReceiveAsync(request, uri, asked, sent, response, transaction).ConfigureAwait(false);

                // A second time there are no conditions of the cache in it: it is the caller's answer.
                if (head is CacheHead.Resend) transaction.Pass((int)response.StatusCode, StorageRefusal.Elsewhere);
            }

            switch (head)
            {
                case CacheHead.Serve:
                    response.Dispose();
                    return Respond(request, transaction);
                case CacheHead.Capture when response.StatusCode is HttpStatusCode.NoContent || response.Content.Headers.ContentLength is 0:
                    // Nobody has a reason to read nothing.
                    AddStatus(response, transaction);
                    await transaction.CompleteAsync(default).ConfigureAwait(false);
                    return response;
                case CacheHead.Capture:
                    isCaptured = true;
                    AddStatus(response, transaction);
                    response.Content = new CapturedContent(response.Content, transaction, new(asked, sent, request, response.RequestMessage ?? request));
                    return response;
                default:
                    AddStatus(response, transaction);
                    return response;
            }
        }
        finally
        {
            (asked.Content as HandedOverContent)?.StopIfUnsent();
            if (!isCaptured) transaction?.Dispose();
        }
    }

    // Null if the origin cannot be reached, and a stored response may stand in.
    private async ValueTask<HttpResponseMessage?> ForwardAsync(
        HttpRequestMessage request, LookedUpRequest asked, OutgoingRequests sent, CacheTransaction transaction, Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, CancellationToken cancellationToken)
    {
        var own = transaction.Action is CacheAction.Validate ? RequestConditions.Replace(request, transaction.Conditions) : null;
        OutgoingRequests.Current = sent;
        try
        {
            return await forward(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!transaction.IsSafe)
        {
            // Redirected, then without an answer.
            if (!asked.IsSameTarget(request)) await RedirectedRequests.InvalidateAsync(_cache, transaction, asked, request, null).ConfigureAwait(false);
            throw;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Timeouts and open circuits of handlers below have exceptions of their own.
            CheckUser(asked, sent, transaction, [request]);
            if (!await transaction.TryServeInsteadAsync().ConfigureAwait(false)) throw;
            if (Logger is { } logger) PrivateCacheLog.ServedInstead(logger, _name ?? "", exception);
            return null;
        }
        finally
        {
            own?.Restore(request);
        }
    }

    private async ValueTask<CacheHead> ReceiveAsync(
        HttpRequestMessage request, Uri uri, LookedUpRequest asked, OutgoingRequests sent, HttpResponseMessage response, CacheTransaction transaction)
    {
        // Stubs and some handlers do not say which message was answered.
        var answered = response.RequestMessage ?? request;
        if (!transaction.IsSafe) return await ReceiveUnsafeAsync(request, uri, asked, response, transaction).ConfigureAwait(false);

        // A response to another request says nothing of this one.
        HttpRequestMessage[] messages = ReferenceEquals(answered, request) ? [request] : [request, answered];
        if (sent.AreOther || !await asked.IsSameAsync(messages).ConfigureAwait(false))
        {
            transaction.ReportUnknownUser();
            if (transaction.Action is CacheAction.Validate && response.StatusCode is HttpStatusCode.NotModified) return CacheHead.Resend;
            transaction.Pass((int)response.StatusCode, StorageRefusal.Elsewhere);
            return CacheHead.Pass;
        }

        CheckUser(asked, sent, transaction, messages);
        if (TransportCookies.Of(InnerHandler, uri) != asked.Cookies) transaction.ReportUnknownUser();
        var isSameVariant = sent.IsSameVariant(response);
        if (!isSameVariant && response.StatusCode is HttpStatusCode.NotModified) transaction.ReportUnknownUser();

        var head = await transaction.ReceiveAsync((int)response.StatusCode, MessageFields.Of(response.Headers, response.Content.Headers)).ConfigureAwait(false);
        if (head is not CacheHead.Capture || (isSameVariant && !MayEndByClosing(response))) return head;
        transaction.Discard(isSameVariant ? StorageRefusal.Unframed : StorageRefusal.Changed);
        return CacheHead.Pass;
    }

    private async ValueTask<CacheHead> ReceiveUnsafeAsync(HttpRequestMessage request, Uri uri, LookedUpRequest asked, HttpResponseMessage response, CacheTransaction transaction)
    {
        var isElsewhere = false;
        var answered = response.RequestMessage ?? request;
        if (!asked.IsSameTarget(answered))
        {
            isElsewhere = true;
            await RedirectedRequests.InvalidateAsync(_cache, transaction, asked, answered, response).ConfigureAwait(false);
        }
        else
        {
            await transaction.ReceiveAsync((int)response.StatusCode, MessageFields.Of(response.Headers, response.Content.Headers)).ConfigureAwait(false);
        }
        if (!ReferenceEquals(answered, request) && !asked.IsSameTarget(request))
        {
            isElsewhere = true;
            await RedirectedRequests.InvalidateAsync(_cache, transaction, asked, request, response).ConfigureAwait(false);
        }

        // The server is asked by its own name, too.
        if (asked.Target.HostLines is not null && (isElsewhere || InvalidationRules.Invalidates(asked.Method, (int)response.StatusCode))) await _cache.EvictAsync(uri).ConfigureAwait(false);
        return CacheHead.Pass;
    }

    // Handlers below may have changed the message, or sent a copy.
    private void CheckUser(LookedUpRequest asked, OutgoingRequests sent, CacheTransaction transaction, HttpRequestMessage[] messages)
    {
        foreach (var message in messages) sent.Observe(message);
        if (!sent.AreOfAnotherUser) return;
        transaction.ReportUnknownUser();
        if (sent.OtherUser is { } other) _below.Report(asked.User, other, Logger, _name ?? "");
    }

    private ILogger? Logger => _loggers?.CreateLogger(CacheTelemetry.LogCategory);

    private static bool IsForEveryone(CacheTransaction transaction)
    {
        var directives = ResponseDirectives.Parse(new StoredFields(transaction.Answer().Fields), CacheMode.Private);
        return directives.Public || directives.SharedMaxAge is not null;
    }

    private static bool IsOnlyIfCached(HttpRequestMessage request) => request.Headers.CacheControl?.OnlyIfCached is true;

    private async ValueTask<HttpResponseMessage> ForwardUncertainAsync(
        HttpRequestMessage request, CacheTransaction transaction, Func<HttpRequestMessage, CancellationToken, ValueTask<HttpResponseMessage>> forward, CancellationToken cancellationToken)
    {
        var response = IsOnlyIfCached(request) ? new(HttpStatusCode.GatewayTimeout) { RequestMessage = request } : await forward(request, cancellationToken).ConfigureAwait(false);
        transaction.Pass((int)response.StatusCode, StorageRefusal.UnknownUser);
        AddStatus(response, transaction);
        return response;
    }

    private HttpResponseMessage Refuse(HttpRequestMessage request, CacheTransaction transaction)
    {
        var response = new HttpResponseMessage(HttpStatusCode.GatewayTimeout) { RequestMessage = request };
        AddStatus(response, transaction);
        return response;
    }

    private void AddStatus(HttpResponseMessage response, CacheTransaction transaction)
    {
        if (!_cache.Options.SendsCacheStatus) return;
        string[] upstream = response.Headers.NonValidated.TryGetValues(CacheStatus.FieldName, out var values) ? [.. values] : [];
        response.Headers.Remove(CacheStatus.FieldName);
        response.Headers.TryAddWithoutValidation(CacheStatus.FieldName, (IEnumerable<string?>)transaction.StatusValue(upstream));
    }

    // Where only the end of the connection ends the content, nobody knows whether it is whole (RFC 9112 §6.3). Automatic decompression takes Content-Length away, and overlooks
    // codings that are cut off, so what is left of such a response looks the same.
    private static bool MayEndByClosing(HttpResponseMessage response) =>
        response.Version < HttpVersion.Version20 && response.StatusCode is not HttpStatusCode.NoContent && response.Content.Headers.ContentLength is null && response.Headers.TransferEncodingChunked is not true;

    // Null: not to be read, or too long. Content is read at most once: what was read is kept and sent, and a failure is the caller's, as when the content is sent.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadContentAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content) return ReadOnlyMemory<byte>.Empty;
        if (content.Headers.ContentLength is not { } length) return content is JsonContent json ? SerializedJson.Replace(request, json, _options.MaximumContentLength, cancellationToken) : null;
        if (length > _options.MaximumContentLength) return null;
        await content.LoadIntoBufferAsync(_options.MaximumContentLength, cancellationToken).ConfigureAwait(false);
        return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
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

    private async Task RevalidateAsync(HttpRequestMessage request, LookedUpRequest asked, CacheTransaction stale)
    {
        try
        {
            using var patience = new CancellationTokenSource(_options.RevalidationTimeout);
            using var copy = BackgroundMessage.Of(request, asked);
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
            stale.EndRevalidation();
        }
    }
}
