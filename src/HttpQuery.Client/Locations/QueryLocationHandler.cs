using System.Net;
using HttpQuery.Caching;
using HttpQuery.Http;
using HttpQuery.Learning;
using HttpQuery.Locations;
using HttpQuery.PrivateCache;
using HttpQuery.Replay;
using Microsoft.Extensions.Logging;

namespace HttpQuery;

/// <summary>Repeats a query as a GET if the last response to it named the URI of an equivalent resource in <c>Location</c> (RFC 10008
/// §2.4).</summary>
/// <remarks>
/// <para>The GET has the headers of the query, its conditions included, but no content. If its status code is neither 2xx nor 304, 412 or
/// 416, or if it fails, the URI is forgotten and the query is sent as a QUERY.</para>
/// <para>A URI is used only for the same query: the same target, content and content headers, for the same user, with the same values of
/// the headers that <c>Vary</c> named. A successful POST, PUT, PATCH or DELETE to the target forgets its queries. Caches on the way are
/// not told of it, so a GET may get an older response than a QUERY.</para>
/// <para>Place the handler below caches and retry handlers, which then see QUERY.</para>
/// </remarks>
public sealed class QueryLocationHandler : DelegatingHandler
{
    private static readonly QueryCacheOptions KeyOptions = new();

    private readonly QueryLocationOptions _options;
    private readonly PrivateCacheOptions _identity;
    private readonly string[] _credentialHeaders;
    private readonly ExpiringTable<QueryCacheKey, LearnedLocation> _locations;

    /// <summary>Creates a handler.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Client</c>. Default <see langword="null"/>: no
    /// logs.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public QueryLocationHandler(QueryLocationOptions? options = null, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
    {
        _options = options ??= new();
        if (options.Validate(nameof(QueryLocationOptions) + ".").FirstOrDefault() is { } failure)
            throw new ArgumentException(failure, nameof(options));
        _identity = new() { Partition = options.Partition };
        foreach (var name in options.CredentialHeaders) _identity.CredentialHeaders.Add(name);
        _credentialHeaders = _identity.GetValidatedCredentialHeaders();
        _locations = new(options.MaximumCount, timeProvider ?? TimeProvider.System);
    }

    /// <summary>Maximum length of content that is buffered to be sent again, in bytes.</summary>
    internal int MaximumReplayLength { get; init; } = ReplayableRequest.DefaultMaximumLength;

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

        HttpResponseMessage? response = null;
        SendBelow send = (message, token) => new(base.Send(message, token));
        SyncOverAsync.Run(async () => response = await SendAsync(request, send, cancellationToken).ConfigureAwait(false));
        return response!;
    }

    private async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, SendBelow send, CancellationToken cancellationToken)
    {
        if (!RequestTarget.TryRead(request, out var target)) return await send(request, cancellationToken).ConfigureAwait(false);
        if (request.Method != HttpMethod.Query) return await SendOtherAsync(request, send, cancellationToken).ConfigureAwait(false);

        var content = request.Content;
        try
        {
            await ReplayableRequest.PrepareAsync(request, MaximumReplayLength, cancellationToken).ConfigureAwait(false);
            if (!ReplayableRequest.IsReplayable(request)) return await send(request, cancellationToken).ConfigureAwait(false);
            var snapshot = RequestSnapshot.Create(
                request, target, TransportCookies.Get(InnerHandler, request.RequestUri!), _identity, _credentialHeaders);
            var keys = await ComputeKeysAsync(request, snapshot, cancellationToken).ConfigureAwait(false);
            return await SendQueryAsync(request, snapshot, keys, send, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ReplayableRequest.Restore(request, content);
        }
    }

    private async ValueTask<HttpResponseMessage> SendQueryAsync(
        HttpRequestMessage request, RequestSnapshot snapshot, CacheKeySet keys, SendBelow send, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        if (_locations.TryGet(keys.Primary, out var known) && known.IsFor(snapshot.Headers))
        {
            if (await TryGetAsync(request, known.Uri, send, cancellationToken).ConfigureAwait(false) is { } switched) return switched;
            _locations.Remove(keys.Primary);
        }

        var response = await send(request, cancellationToken).ConfigureAwait(false);

        // A redirect below changes the message, or sends another.
        var isOwn = (response.RequestMessage is null || ReferenceEquals(response.RequestMessage, request))
            && ReferenceEquals(request.RequestUri, uri);
        if (isOwn && !SubstituteRequest.HasAnswered(response)
            && LearnedLocation.Read(response, uri, snapshot.Headers, keys.Resource) is { } location && MayGet(location.Uri, uri, snapshot))
        {
            _locations.Set(keys.Primary, location, _options.Lifetime);
        }
        return response;
    }

    // Returns null if the query must be sent as a QUERY.
    private static async ValueTask<HttpResponseMessage?> TryGetAsync(
        HttpRequestMessage request, Uri location, SendBelow send, CancellationToken cancellationToken)
    {
        var get = new SubstituteRequest(ReplayableRequest.CreateGet(request, location), request);
        OutgoingRequestTracker.Current?.Add(get);
        HttpResponseMessage response;
        try
        {
            response = await send(get.Message, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        if (get.IsUnchanged && IsResult(response.StatusCode))
        {
            get.TakeOver(response);
            return response;
        }
        response.Dispose();
        return null;
    }

    private async ValueTask<HttpResponseMessage> SendOtherAsync(
        HttpRequestMessage request, SendBelow send, CancellationToken cancellationToken)
    {
        var (uri, isSafe) = (request.RequestUri!, InvalidationRules.IsSafe(RequestSnapshot.GetMethod(request)));
        if (isSafe || _locations.Count == 0) return await send(request, cancellationToken).ConfigureAwait(false);
        var isRefused = false;
        try
        {
            var response = await send(request, cancellationToken).ConfigureAwait(false);
            isRefused = (int)response.StatusCode >= 400;
            return response;
        }
        finally
        {
            // A request that failed may have been carried out, too.
            if (!isRefused)
            {
                var resource = CacheKeySet.ResourceOf(uri);
                _locations.RemoveWhere(location => location.Resource == resource);
            }
        }
    }

    private bool MayGet(Uri location, Uri requested, RequestSnapshot snapshot) =>
        LearnedLocation.IsSameOrigin(location, requested)
        || (_options.AllowOtherOrigins && snapshot.User.Headers.Length == 0 && snapshot.Target.HostLines is null);

    private static bool IsResult(HttpStatusCode status) =>
        (int)status is >= 200 and < 300
        || status is HttpStatusCode.NotModified or HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable;

    private static async ValueTask<CacheKeySet> ComputeKeysAsync(
        HttpRequestMessage request, RequestSnapshot snapshot, CancellationToken cancellationToken)
    {
        snapshot.Bytes = request.Content is { } content
            ? await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false)
            : ReadOnlyMemory<byte>.Empty;
        return CacheKeySet.Of(KeyOptions, snapshot.ToCacheRequest([], isBackground: false, isUserUncertain: false));
    }
}
