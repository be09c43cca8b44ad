using System.Diagnostics;
using System.Net;
using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Rules;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.PrivateCache;
using HttpQuery.ResponseBody;

namespace HttpQuery;

// Requests that are sent to the origin, and their responses.
public sealed partial class QueryCacheHandler
{
    private async ValueTask<HttpResponseMessage> ForwardAsync(
        HttpRequestMessage request, RequestSnapshot snapshot, OriginExchange exchange, SendBelow forward,
        CancellationToken cancellationToken)
    {
        var (uri, sent) = (request.RequestUri!, new OutgoingRequestTracker(snapshot));
        var own = exchange.Conditions.IsEmpty ? null : RequestConditions.Replace(request, exchange.Conditions);
        var (response, stale) =
            await SendAsync(request, snapshot, sent, exchange, own, forward, cancellationToken).ConfigureAwait(false);
        if (response is null) return CreateResponse(request, stale!);
        var reaction = await ReceiveAsync(request, uri, snapshot, sent, response, exchange).ConfigureAwait(false);
        if (reaction is ResponseAction.Retry retry)
        {
            // Restore all headers: handlers below would add theirs a second time.
            using var second = retry.Exchange;
            own?.RestoreAll(request);
            response.Dispose();
            OutgoingRequestTracker.Current = sent;
            response = await forward(request, cancellationToken).ConfigureAwait(false);
            reaction = await ReceiveAsync(request, uri, snapshot, sent, response, second).ConfigureAwait(false);
        }

        switch (reaction)
        {
            case ResponseAction.Serve serve:
                // How the validation was sent is known of its response.
                var info = QueryResponseInfo.Get(response) with { FromCache = true };
                response.Dispose();
                return CreateResponse(request, serve.Message, info);
            case ResponseAction.RelayAndStore { Capture: var capture } stored:
                SetCacheStatus(response, stored.StatusLines);

                // Callers may not read an empty body, so it is stored at once.
                if (response.StatusCode is HttpStatusCode.NoContent || response.Content.Headers.ContentLength is 0)
                    await capture.StoreAsync().ConfigureAwait(false);
                else
                {
                    var handle = new CaptureHandle(capture);
                    response.Content = new WrappedContent(response.Content, body => new CapturingStream(body, handle), handle);
                }
                return response;
            case ResponseAction.Relay relayed:
                SetCacheStatus(response, relayed.StatusLines);
                return response;
            default:
                throw new UnreachableException();
        }
    }

    // Returns a response, or a stored one that is served because the origin cannot be reached.
    private async ValueTask<(HttpResponseMessage? Response, CachedMessage? Stale)> SendAsync(
        HttpRequestMessage request, RequestSnapshot snapshot, OutgoingRequestTracker sent, OriginExchange exchange, RequestConditions? own,
        SendBelow forward, CancellationToken cancellationToken)
    {
        OutgoingRequestTracker.Current = sent;
        try
        {
            return (await forward(request, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception) when (!exchange.IsSafe)
        {
            // The server, or another server after a redirect, may have carried out the request.
            await exchange.InvalidateTargetAsync().ConfigureAwait(false);
            if (snapshot.Target.HostLines is not null)
                await _cache.EvictAsync(request.RequestUri!, CancellationToken.None).ConfigureAwait(false);
            if (!snapshot.HasSameTarget(request))
                await RedirectInvalidator.InvalidateAsync(_cache, snapshot, request, null).ConfigureAwait(false);
            throw;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Handlers below throw their own exceptions for timeouts and open circuits.
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

    private async ValueTask<ResponseAction> ReceiveAsync(
        HttpRequestMessage request, Uri uri, RequestSnapshot snapshot, OutgoingRequestTracker sent, HttpResponseMessage response,
        OriginExchange exchange)
    {
        // Stubs and some handlers do not set RequestMessage.
        var answered = response.RequestMessage ?? request;
        if (!exchange.IsSafe) return await ReceiveUnsafeAsync(request, uri, snapshot, response, exchange).ConfigureAwait(false);

        // A response to a different request must not be stored for this one.
        HttpRequestMessage[] messages = ReferenceEquals(answered, request) ? [request] : [request, answered];
        if (sent.HasOtherRequest || !await snapshot.IsSameAsync(messages).ConfigureAwait(false))
        {
            exchange.ReportUnknownUser();
            return exchange.Decline((int)response.StatusCode, StorageRefusal.Elsewhere);
        }

        CheckUser(snapshot, sent, exchange, messages);
        if (TransportCookies.Get(InnerHandler, uri) != snapshot.Cookies) exchange.ReportUnknownUser();
        var isSameVariant = sent.IsSameVariant(response);
        if (!isSameVariant && response.StatusCode is HttpStatusCode.NotModified) exchange.ReportUnknownUser();

        return await exchange.ReceiveAsync(CreateHead(response) with
        {
            Terms = () => new(
                !isSameVariant ? StorageRefusal.Changed : MayEndByClosing(response) ? StorageRefusal.Unframed : null,
                [],
                new FinalRequestCheck(snapshot, sent, request, answered).Evaluate),
        }).ConfigureAwait(false);
    }

    private async ValueTask<ResponseAction> ReceiveUnsafeAsync(
        HttpRequestMessage request, Uri uri, RequestSnapshot snapshot, HttpResponseMessage response, OriginExchange exchange)
    {
        var answered = response.RequestMessage ?? request;
        var isElsewhere = !snapshot.HasSameTarget(answered);
        if (isElsewhere) await RedirectInvalidator.InvalidateAsync(_cache, snapshot, answered, response).ConfigureAwait(false);
        var reaction = isElsewhere
            ? exchange.Decline((int)response.StatusCode, null)
            : await exchange.ReceiveAsync(CreateHead(response)).ConfigureAwait(false);
        if (!ReferenceEquals(answered, request) && !snapshot.HasSameTarget(request))
        {
            isElsewhere = true;
            await RedirectInvalidator.InvalidateAsync(_cache, snapshot, request, response).ConfigureAwait(false);
        }

        // Other requests may address the server by its own name instead of this Host header.
        if (snapshot.Target.HostLines is not null
            && (isElsewhere || InvalidationRules.Invalidates(snapshot.Method, (int)response.StatusCode)))
        {
            await _cache.EvictAsync(uri).ConfigureAwait(false);
        }
        return reaction;
    }

    private static OriginResponseHead CreateHead(HttpResponseMessage response) =>
        new((int)response.StatusCode, HeaderSnapshot.Create(response.Headers, response.Content.Headers));

    // Handlers below may have changed the message, or sent a copy.
    private void CheckUser(
        RequestSnapshot snapshot, OutgoingRequestTracker sent, OriginExchange exchange, HttpRequestMessage[] messages)
    {
        foreach (var message in messages) sent.Observe(message);
        if (!sent.HasOtherUser) return;
        exchange.ReportUnknownUser();
        if (sent.OtherUser is { } other) _credentials.Report(snapshot.User, other, Logger, _name ?? "");
    }

    // A body that ends when the connection closes may be cut off (RFC 9112 §6.3). A response looks the same after automatic
    // decompression, which removes Content-Length and does not notice a compressed body that is cut off.
    private static bool MayEndByClosing(HttpResponseMessage response) =>
        response.Version < HttpVersion.Version20
        && response.StatusCode is not HttpStatusCode.NoContent
        && response.Content.Headers.ContentLength is null
        && response.Headers.TransferEncodingChunked is not true;
}
