using System.Net;
using HttpQuery.Diagnostics;
using HttpQuery.Discovery;
using HttpQuery.Http;
using HttpQuery.Replay;
using Microsoft.Extensions.Logging;

namespace HttpQuery;

/// <summary>Remembers the query formats that servers accept, and sends a <see cref="QueryContent"/> in the best of them (RFC 10008
/// §3).</summary>
/// <remarks>
/// <para>The <c>Accept-Query</c> of any response applies to all URIs with the same path. The freshest value counts. A value that is
/// malformed or too long is ignored. <c>HttpClient.GetAcceptQueryAsync</c> returns a remembered value, or asks the server.</para>
/// <para>If the response to a <see cref="QueryContent"/> is 415 and its <c>Accept-Query</c> or <c>Accept</c> names another of the formats,
/// the query is sent once more in that format.</para>
/// <para>Place the handler above the private cache, so that the key of the cache has the format that is sent.</para>
/// </remarks>
public sealed class QueryDiscoveryHandler : DelegatingHandler
{
    private readonly AcceptQueryMemory _memory;
    private readonly ClientTelemetry _telemetry;

    /// <summary>Creates a handler.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Client</c>. Default <see langword="null"/>: no
    /// logs.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public QueryDiscoveryHandler(
        QueryDiscoveryOptions? options = null, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(
            new(Validate(options ?? new()), timeProvider ?? TimeProvider.System),
            new("", timeProvider ?? TimeProvider.System, loggerFactory, null))
    {
    }

    /// <summary>Creates a handler of a named client.</summary>
    /// <param name="memory">What the client has learned. It outlives the handler.</param>
    /// <param name="telemetry">Metrics and logs.</param>
    internal QueryDiscoveryHandler(AcceptQueryMemory memory, ClientTelemetry telemetry) => (_memory, _telemetry) = (memory, telemetry);

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
        if (request.RequestUri is not { IsAbsoluteUri: true } uri) return await send(request, cancellationToken).ConfigureAwait(false);
        if (AcceptQueryRequest.MayBeRemembered(request) && _memory.TryGet(uri, out var known))
        {
            _telemetry.Discovered("remembered");
            return AcceptQueryRequest.CreateResponse(request, known);
        }
        if (request.Method == HttpMethod.Query && request.Content is QueryContent content)
            return await SendBestAsync(request, content, send, cancellationToken).ConfigureAwait(false);

        var response = await send(request, cancellationToken).ConfigureAwait(false);
        Learn(response, uri);
        return response;
    }

    private async ValueTask<HttpResponseMessage> SendBestAsync(
        HttpRequestMessage request, QueryContent content, SendBelow send, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        var format = FormatChoice.Choose(content, _memory.TryGet(uri, out var known) ? known : null);
        var response = await SendAsync(request, content.GetContent(format), send, cancellationToken).ConfigureAwait(false);
        SetRenegotiated(response, false);
        if (response.StatusCode is not HttpStatusCode.UnsupportedMediaType) return response;

        var other = FormatChoice.ChooseOther(
            content, format, _memory.ReadLines(response, AcceptQuery.HeaderName), _memory.ReadLines(response, "Accept"));
        if (other < 0) return response;
        response.Dispose();
        _telemetry.Renegotiated(content.Formats[format].MediaType, content.Formats[other].MediaType);
        response = await SendAsync(request, content.GetContent(other), send, cancellationToken).ConfigureAwait(false);
        SetRenegotiated(response, true);
        return response;
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpContent content, SendBelow send, CancellationToken cancellationToken)
    {
        // A cache below compares the message and its content until the response has been read, so the caller's message is not used.
        var copy = ReplayableRequest.CreateCopy(request, keepsContent: false);
        copy.Content = content;
        var substitute = new SubstituteRequest(copy, request);
        var response = await send(copy, cancellationToken).ConfigureAwait(false);
        Learn(response, request.RequestUri!);
        substitute.TakeOver(response);
        return response;
    }

    // A redirect below leads to the same resource next time, so its value counts for both URIs.
    private void Learn(HttpResponseMessage response, Uri uri)
    {
        // A fallback or a switch to GET may have asked another resource.
        if (QueryResponseInfo.Get(response) is { FallbackMethod: null, SwitchedToGet: false }
            && _memory.Learn(response, uri, response.RequestMessage?.RequestUri) is { } isUsable)
        {
            _telemetry.Discovered(isUsable ? "learned" : "ignored");
        }
    }

    private static void SetRenegotiated(HttpResponseMessage response, bool isRenegotiated) =>
        QueryResponseInfo.Update(response, isRenegotiated, static (info, value) => info with { Renegotiated = value });

    private static QueryDiscoveryOptions Validate(QueryDiscoveryOptions options) =>
        options.Validate(nameof(QueryDiscoveryOptions) + ".").FirstOrDefault() is { } failure
            ? throw new ArgumentException(failure, nameof(options))
            : options;
}
