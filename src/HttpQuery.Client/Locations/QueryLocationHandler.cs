using System.Net;
using HttpQuery.Caching;
using HttpQuery.Caching.Rules;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.Locations;
using HttpQuery.PrivateCache;
using HttpQuery.Redirection;
using HttpQuery.Replay;
using HttpQuery.ResponseBody;
using Microsoft.Extensions.Logging;

namespace HttpQuery;

/// <summary>Repeats a query as a GET if the last response to it named the URI of an equivalent resource in <c>Location</c> (RFC 10008
/// §2.4).</summary>
/// <remarks>
/// <para>The GET has the headers of the query, its conditions included, but no content. If its status code is neither 2xx nor 304, 412 or
/// 416, or if it fails, the URI is forgotten and the query is sent as a QUERY. If it is cancelled, takes too long, or breaks off within its
/// content, the URI is forgotten, too.</para>
/// <para>A URI is used only for the same query: the same target, content and content headers, for the same user, with the same values of
/// the headers that <c>Vary</c> named. A successful POST, PUT, PATCH or DELETE to the target forgets its queries. Caches on the way are
/// not told of it, so a GET may get an older response than a QUERY.</para>
/// <para>Place the handler below caches and retry handlers, which then see QUERY, and below handlers that add credentials. If a handler
/// below adds a credential to a request, its response teaches nothing.</para>
/// </remarks>
public sealed class QueryLocationHandler : DelegatingHandler
{
    private readonly LocationMemory _memory;
    private readonly int _maximumReplayLength;
    private readonly ClientTelemetry _telemetry;

    /// <summary>Creates a handler.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Client</c>. Default <see langword="null"/>: no
    /// logs.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public QueryLocationHandler(
        QueryLocationOptions? options = null, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(
            new(Validate(options ?? new()), null, timeProvider ?? TimeProvider.System),
            ReplayableRequest.DefaultMaximumLength,
            new("", timeProvider ?? TimeProvider.System, loggerFactory, null))
    {
    }

    /// <summary>Creates a handler of a named client.</summary>
    /// <param name="memory">What the client has learned. It outlives the handler.</param>
    /// <param name="maximumReplayLength">Largest content that is kept, in bytes.</param>
    /// <param name="telemetry">Metrics and logs.</param>
    internal QueryLocationHandler(LocationMemory memory, int maximumReplayLength, ClientTelemetry telemetry) =>
        (_memory, _maximumReplayLength, _telemetry) = (memory, maximumReplayLength, telemetry);

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
        return SyncOverAsync.Run(() => SendAsync(request, (message, token) => new(base.Send(message, token)), cancellationToken));
    }

    private async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, SendBelow send, CancellationToken cancellationToken)
    {
        if (!RequestTarget.TryRead(request, out var target)) return await send(request, cancellationToken).ConfigureAwait(false);
        if (request.Method != HttpMethod.Query) return await SendOtherAsync(request, send, cancellationToken).ConfigureAwait(false);

        var content = request.Content;
        try
        {
            await ReplayableRequest.PrepareAsync(request, _maximumReplayLength, cancellationToken).ConfigureAwait(false);
            if (!ReplayableRequest.IsReplayable(request))
                return await SendQueryAsync(request, send, cancellationToken).ConfigureAwait(false);
            var snapshot = _memory.Read(request, target, TransportCookies.Get(InnerHandler, request.RequestUri!));
            snapshot.Bytes = await ReplayableRequest.ReadAsync(request, cancellationToken).ConfigureAwait(false);
            snapshot.Content = request.Content;
            return await SendAsync(request, snapshot, send, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ReplayableRequest.Restore(request, content);
        }
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, RequestSnapshot snapshot, SendBelow send, CancellationToken cancellationToken)
    {
        // Servers that never send a Location cost no key.
        var (uri, keys) = (request.RequestUri!, _memory.IsEmpty ? null : LocationMemory.ComputeKeys(snapshot));
        if (keys is not null && _memory.Find(keys, snapshot) is { } location && MayGet(location, uri))
        {
            try
            {
                if (await TryGetAsync(request, location, send, cancellationToken).ConfigureAwait(false) is { } switched)
                {
                    // The response may break off while the caller reads it.
                    switched.Content = new WrappedContent(
                        switched.Content, body => new FailureReportingStream(body, () => _memory.Forget(keys)));
                    return switched;
                }
            }
            catch
            {
                // After a timeout, the next query must not wait for the same GET.
                _memory.Forget(keys);
                throw;
            }
            _memory.Forget(keys);
            _telemetry.Replayed("location");
        }

        // A redirect below changes the message, or sends another. A handler below may have made it that of a user. A POST in place of the
        // query has a Location of another meaning.
        var response = await SendQueryAsync(request, send, cancellationToken).ConfigureAwait(false);
        if (response.Headers.NonValidated.Contains("Location")
            && (response.RequestMessage is null || ReferenceEquals(response.RequestMessage, request))
            && ReferenceEquals(request.RequestUri, uri)
            && snapshot.GetUser(request) is { } user && user.IsSameAs(snapshot.User)
            && QueryResponseInfo.Get(response).FallbackMethod is null)
        {
            _memory.Learn(response, uri, keys ?? LocationMemory.ComputeKeys(snapshot), snapshot);
        }
        return response;
    }

    // Returns null if the query must be sent as a QUERY.
    private async ValueTask<HttpResponseMessage?> TryGetAsync(
        HttpRequestMessage request, Uri location, SendBelow send, CancellationToken cancellationToken)
    {
        var get = new SubstituteRequest(RequestTemplate.Capture(request).CreateGet(location), request);
        OutgoingRequestTracker.Current?.Add(get);
        HttpResponseMessage response;
        try
        {
            response = await send(get.Message, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException) when (!cancellationToken.IsCancellationRequested)
        {
            _telemetry.Switched(null, false);
            return null;
        }
        var isUsed = get.IsUnchanged && IsResult(response.StatusCode);
        _telemetry.Switched((int)response.StatusCode, isUsed);
        if (!isUsed)
        {
            response.Dispose();
            return null;
        }
        get.TakeOver(response);
        SetSwitched(response, true);
        return response;
    }

    private static async ValueTask<HttpResponseMessage> SendQueryAsync(
        HttpRequestMessage request, SendBelow send, CancellationToken cancellationToken)
    {
        var response = await send(request, cancellationToken).ConfigureAwait(false);
        SetSwitched(response, false);
        return response;
    }

    private async ValueTask<HttpResponseMessage> SendOtherAsync(
        HttpRequestMessage request, SendBelow send, CancellationToken cancellationToken)
    {
        if (InvalidationRules.IsSafe(RequestSnapshot.GetMethod(request)))
            return await send(request, cancellationToken).ConfigureAwait(false);
        var (uri, isRefused) = (request.RequestUri!, false);
        try
        {
            var response = await send(request, cancellationToken).ConfigureAwait(false);
            isRefused = (int)response.StatusCode >= 400;
            return response;
        }
        finally
        {
            // A request that failed may have been carried out, too.
            if (!isRefused) _memory.ForgetAll(uri);
        }
    }

    // The transport would answer a challenge of another origin with its own credentials.
    private bool MayGet(Uri location, Uri requested) =>
        LearnedLocation.IsSameOrigin(location, requested) || !TransportCredentials.CoverUnnamed(InnerHandler, location);

    private static bool IsResult(HttpStatusCode status) =>
        (int)status is >= 200 and < 300
        || status is HttpStatusCode.NotModified or HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable;

    private static void SetSwitched(HttpResponseMessage response, bool isSwitched) =>
        QueryResponseInfo.Update(response, isSwitched, static (info, value) => info with { SwitchedToGet = value });

    private static QueryLocationOptions Validate(QueryLocationOptions options) =>
        options.Validate(nameof(QueryLocationOptions) + ".").FirstOrDefault() is { } failure
            ? throw new ArgumentException(failure, nameof(options))
            : options;
}
