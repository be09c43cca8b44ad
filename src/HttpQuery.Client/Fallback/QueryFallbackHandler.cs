using System.Runtime.ExceptionServices;
using HttpQuery.Diagnostics;
using HttpQuery.Fallback;
using HttpQuery.Http;
using HttpQuery.PrivateCache;
using HttpQuery.Redirection;
using HttpQuery.Replay;
using Microsoft.Extensions.Logging;

namespace HttpQuery;

/// <summary>Sends a query again as a POST or a GET if the server, or an intermediary, does not know QUERY.</summary>
/// <remarks>
/// <para>QUERY is tried first. It does not work if the response is 405 without QUERY in <c>Allow</c>, or 501, or if the connection is
/// closed twice before a response, or the stream is reset. A 400 or 403 counts only if its <c>Server</c> or <c>Via</c> header names one of
/// <see cref="QueryFallbackOptions.Intermediaries"/>, the response shows no sign of a server that knows QUERY, and the POST gets another
/// response.</para>
/// <para>What was learned applies to later requests: a 405 to the path, or to the prefix in <see cref="QueryFallbackOptions.Paths"/> that
/// it lies under; the rest to the origin and the version of HTTP. While one request finds out, others to the same path wait for it.</para>
/// <para>A POST has the same content and headers, but no <c>If-None-Match</c>, <c>If-Modified-Since</c>, <c>Range</c> and <c>If-Range</c>,
/// because they mean something else there. A GET keeps them. The response belongs to the QUERY: handlers above see no POST.</para>
/// <para>Place the handler next to the primary handler, so that caches and retry handlers above it see QUERY.</para>
/// </remarks>
public sealed class QueryFallbackHandler : DelegatingHandler
{
    private const int MaximumPathLength = 2048;

    private static readonly string[] NotForPost = ["If-None-Match", "If-Modified-Since", "Range", "If-Range"];

    private readonly QueryFallbackOptions _options;
    private readonly FallbackMemory _memory;
    private readonly int _maximumReplayLength;
    private readonly ClientTelemetry _telemetry;

    /// <summary>Creates a handler.</summary>
    /// <param name="options">Settings. At least one path, or <see cref="QueryFallbackOptions.CreateGetUri"/>, is required.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Client</c>. Default <see langword="null"/>: no
    /// logs.</param>
    /// <exception cref="ArgumentException">No path is set, or an option is out of range.</exception>
    public QueryFallbackHandler(QueryFallbackOptions options, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(
            Validate(options),
            new(options, timeProvider ?? TimeProvider.System),
            ReplayableRequest.DefaultMaximumLength,
            new("", timeProvider ?? TimeProvider.System, loggerFactory, null))
    {
    }

    /// <summary>Creates a handler of a named client.</summary>
    /// <param name="options">Settings that have been validated.</param>
    /// <param name="memory">What the client has learned. It outlives the handler.</param>
    /// <param name="maximumReplayLength">Largest content that is kept, in bytes.</param>
    /// <param name="telemetry">Metrics and logs.</param>
    internal QueryFallbackHandler(
        QueryFallbackOptions options, FallbackMemory memory, int maximumReplayLength, ClientTelemetry telemetry) =>
        (_options, _memory, _maximumReplayLength, _telemetry) = (options, memory, maximumReplayLength, telemetry);

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
        if (request.Method != HttpMethod.Query || !RequestTarget.TryRead(request, out var target))
            return await send(request, cancellationToken).ConfigureAwait(false);

        var content = request.Content;
        try
        {
            await ReplayableRequest.PrepareAsync(request, _maximumReplayLength, cancellationToken).ConfigureAwait(false);
            var isNamed = _options.Paths.TryMap(request.RequestUri!, out var path, out var postUri);

            // After a redirect to another origin, the path is one that the caller did not name there.
            var template = RequestTemplate.Capture(request);
            if ((!isNamed && _options.CreateGetUri is null) || RedirectHop.Get(request) is not null)
                return await SendQueryAsync(request, template, send, cancellationToken).ConfigureAwait(false);

            var key = new FallbackKey(target.Scheme, target.Authority, target.Server, null, null, default);
            using var attempt = await _memory.BeginAsync(
                key with { Path = path ?? GetBounded(request.RequestUri!.AbsolutePath) },
                key with { Version = request.Version, VersionPolicy = request.VersionPolicy },
                cancellationToken).ConfigureAwait(false);
            return await SendAsync(request, template, postUri, attempt, send, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ReplayableRequest.Restore(request, content);
        }
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, RequestTemplate template, Uri? postUri, FallbackAttempt attempt, SendBelow send,
        CancellationToken cancellationToken)
    {
        if (attempt.UsesFallback
            && await CreateSubstituteAsync(request, template, postUri, cancellationToken).ConfigureAwait(false) is { } known)
        {
            var answer = await SendSubstituteAsync(known, "learned", send, cancellationToken).ConfigureAwait(false);
            if (!FallbackClassifier.IsConfirmed(FallbackReason.None, answer.StatusCode)) attempt.Forget();
            return answer;
        }

        var uri = request.RequestUri!;
        HttpResponseMessage? response = null;
        ExceptionDispatchInfo? failure = null;
        FallbackReason reason;
        try
        {
            response = await SendQueryAsync(request, template, send, cancellationToken).ConfigureAwait(false);

            // A redirect below changes the message, or sends another. Its target was not named, and says nothing about this one.
            if (!IsQueryOf(request, uri) || (response.RequestMessage is { } answered && !IsQueryOf(answered, uri))) return response;
            reason = FallbackClassifier.Classify(response, _options.Intermediaries);
        }
        catch (HttpRequestException exception)
            when ((ClosedConnection.IsCause(exception) || ClosedConnection.IsStreamReset(exception))
                && IsQueryOf(request, uri) && ReplayableRequest.IsReplayable(request) && !cancellationToken.IsCancellationRequested)
        {
            (reason, failure) = (FallbackReason.Closed, ExceptionDispatchInfo.Capture(exception));
        }
        if (reason is FallbackReason.None)
        {
            if (!FallbackClassifier.IsUnclear(response!.StatusCode)) attempt.ReportKnown();
            return response;
        }

        SubstituteRequest? substitute;
        try
        {
            // Content that is sent once allows no POST that confirms the reason. 405 and 501 need none.
            if (!ReplayableRequest.IsReplayable(request) && reason is not FallbackReason.Intermediary)
                ReportUnknown(attempt, request, reason);
            substitute = await CreateSubstituteAsync(request, template, postUri, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
        if (substitute is null)
        {
            failure?.Throw();
            return response!;
        }
        response?.Dispose();
        _telemetry.Replayed("fallback");
        response = await SendSubstituteAsync(substitute, LabelOf(reason), send, cancellationToken).ConfigureAwait(false);
        if (FallbackClassifier.IsConfirmed(reason, response.StatusCode)) ReportUnknown(attempt, request, reason);
        return response;
    }

    // Returns null if neither a GET nor a POST is possible.
    private async ValueTask<SubstituteRequest?> CreateSubstituteAsync(
        HttpRequestMessage request, RequestTemplate template, Uri? postUri, CancellationToken cancellationToken)
    {
        if (_options.CreateGetUri is { } createGetUri && ReplayableRequest.IsReplayable(request))
        {
            var content = await ReplayableRequest.ReadAsync(request, cancellationToken).ConfigureAwait(false);
            if (createGetUri(request, content) is { } getUri) return CreateGet(request, template, new(request.RequestUri!, getUri));
        }
        if (postUri is null) return null;

        var post = template.CreateCopy(postUri, HttpMethod.Post);
        foreach (var name in NotForPost) post.Headers.Remove(name);
        if (_options.SendMethodOverride) post.Headers.TryAddWithoutValidation("X-HTTP-Method-Override", "QUERY");
        return new(post, request);
    }

    private static SubstituteRequest CreateGet(HttpRequestMessage request, RequestTemplate template, Uri uri)
    {
        if (!RedirectRules.IsSameOrigin(uri, request.RequestUri!))
        {
            throw new InvalidOperationException(
                $"{nameof(QueryFallbackOptions)}.{nameof(QueryFallbackOptions.CreateGetUri)} returned a URI of another origin. "
                + "The query would be sent to a server that the request did not name. Return a URI of the same origin.");
        }
        return new(template.CreateGet(uri), request);
    }

    private async ValueTask<HttpResponseMessage> SendQueryAsync(
        HttpRequestMessage request, RequestTemplate template, SendBelow send, CancellationToken cancellationToken)
    {
        var response = await ConnectionRetry.SendAsync(request, template, send, _telemetry, null, cancellationToken).ConfigureAwait(false);
        SetFallback(response, null);
        return response;
    }

    private async ValueTask<HttpResponseMessage> SendSubstituteAsync(
        SubstituteRequest substitute, string reason, SendBelow send, CancellationToken cancellationToken)
    {
        var tracker = OutgoingRequestTracker.Current;
        tracker?.Add(substitute);
        _telemetry.FellBack(substitute.Message.Method, reason);
        var response = await ConnectionRetry.SendAsync(
            substitute.Message,
            RequestTemplate.Capture(substitute.Message),
            send,
            _telemetry,
            second => tracker?.Add(new(second.Message, substitute.Request)),
            cancellationToken).ConfigureAwait(false);
        substitute.TakeOver(response);
        SetFallback(response, substitute.Message.Method);
        return response;
    }

    private void ReportUnknown(FallbackAttempt attempt, HttpRequestMessage request, FallbackReason reason)
    {
        attempt.ReportUnknown(reason);
        _telemetry.LearnedFallback(request.RequestUri!, LabelOf(reason), _options.Lifetime);
    }

    private static bool IsQueryOf(HttpRequestMessage message, Uri uri) => message.Method == HttpMethod.Query && message.RequestUri == uri;

    private static void SetFallback(HttpResponseMessage response, HttpMethod? method) =>
        QueryResponseInfo.Update(response, method, static (info, value) => info with { FallbackMethod = value });

    // Long paths that begin in the same way share what was learned. A GET is sent only if the caller maps the query.
    private static string GetBounded(string path) => path.Length <= MaximumPathLength ? path : path[..MaximumPathLength];

    private static string LabelOf(FallbackReason reason) => reason switch
    {
        FallbackReason.MethodNotAllowed => "method_not_allowed",
        FallbackReason.NotImplemented => "not_implemented",
        FallbackReason.Intermediary => "intermediary",
        _ => "connection_closed",
    };

    private static QueryFallbackOptions Validate(QueryFallbackOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Validate(nameof(QueryFallbackOptions) + ".", isOn: true).FirstOrDefault() is { } failure
            ? throw new ArgumentException(failure, nameof(options))
            : options;
    }
}
