using System.Buffers;
using System.Net;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.Redirection;
using HttpQuery.Replay;
using Microsoft.Extensions.Logging;

namespace HttpQuery;

/// <summary>Follows redirects of all methods, in place of the automatic redirects of .NET (RFC 9110 §15.4, RFC 10008 §2.5).</summary>
/// <remarks>
/// <para>301, 302, 307 and 308 repeat a QUERY with its content. 303 leads to a GET. For other methods the rules are those of .NET: POST
/// becomes GET after 300, 301, 302 and 303.</para>
/// <para>Credentials never go to another origin, and content only if <see cref="QueryRedirectOptions.AllowContentToOtherOrigins"/> allows
/// it. A redirect from <c>https</c> to <c>http</c>, a loop, or one redirect too many is not followed: the caller gets the redirect
/// response, and <see cref="QueryResponseInfo.RedirectRefusal"/> says why.</para>
/// <para>Place it above the cache, so that the cache sees each hop, and below handlers that add credentials: they would add them at
/// another origin, too. <c>AddHttpQuery</c> detects that; without a container it is not detected. The handler switches
/// <c>AllowAutoRedirect</c> of the primary handler off when it sends its first request.</para>
/// </remarks>
/// <example><code>
/// var redirects = new QueryRedirectHandler { InnerHandler = new SocketsHttpHandler() };
/// using var http = new HttpClient(redirects);
/// </code></example>
public sealed class QueryRedirectHandler : DelegatingHandler
{
    // The body of a redirect is read to its end if that is cheap. Then the connection can be used again, and the cache can store it.
    private const int MaximumReleasedLength = 16 * 1024;

    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(2);

    private readonly QueryRedirectOptions _options;
    private readonly string[] _credentialHeaders;
    private readonly int _maximumReplayLength;
    private readonly TimeProvider _time;
    private readonly ClientTelemetry _telemetry;
    private readonly RedirectHop _otherOrigin;
    private readonly SendBelow _sendBelow;
    private readonly Lock _checking = new();
    private volatile bool _isChecked;

    /// <summary>Creates a handler. Content up to 1 MiB is kept to be sent again.</summary>
    /// <param name="options">Settings, or <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="loggerFactory">Creates the logger of category <c>HttpQuery.Client</c>. Default <see langword="null"/>: no logs.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public QueryRedirectHandler(
        QueryRedirectOptions? options = null, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(
            Validate(options ?? new()),
            [],
            ReplayableRequest.DefaultMaximumLength,
            timeProvider ?? TimeProvider.System,
            new("", timeProvider ?? TimeProvider.System, loggerFactory, null))
    {
    }

    /// <summary>Creates a handler of a named client.</summary>
    /// <param name="options">Settings that have been validated.</param>
    /// <param name="credentialHeaders">Further credential headers, which the cache knows.</param>
    /// <param name="maximumReplayLength">Largest content that is kept, in bytes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="telemetry">Metrics and logs.</param>
    internal QueryRedirectHandler(
        QueryRedirectOptions options, IEnumerable<string> credentialHeaders, int maximumReplayLength, TimeProvider time,
        ClientTelemetry telemetry)
    {
        (_options, _maximumReplayLength, _time, _telemetry) = (options, maximumReplayLength, time, telemetry);
        _sendBelow = (message, token) => new(base.SendAsync(message, token));
        IEnumerable<string> always = ["Authorization", "Proxy-Authorization", "Cookie"];
        _credentialHeaders =
            [.. always.Concat(options.CredentialHeaders).Concat(credentialHeaders).Distinct(StringComparer.OrdinalIgnoreCase)];
        _otherOrigin = new(_credentialHeaders);
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SendAsync(request, _sendBelow, cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SyncOverAsync.Run(() => SendAsync(request, (message, token) => new(base.Send(message, token)), cancellationToken));
    }

    private async ValueTask<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, SendBelow forward, CancellationToken cancellationToken)
    {
        if (!_isChecked) SwitchAutomaticRedirectsOff();
        RedirectHop.Current = null;

        var content = request.Content;
        try
        {
            await ReplayableRequest.PrepareAsync(request, _maximumReplayLength, cancellationToken).ConfigureAwait(false);
            var template = RequestTemplate.Capture(request);
            var response = await forward(request, cancellationToken).ConfigureAwait(false);
            var (count, refusal) = (0, (QueryRedirectRefusal?)null);
            if (RedirectRules.IsRedirect(response))
            {
                (response, count, refusal) = await FollowAsync(template, response, forward, cancellationToken).ConfigureAwait(false);
                ClientTelemetry.Tag("httpquery.redirects", count);
            }

            // A retry above may send the same message again, so values of an earlier attempt are removed.
            var info = QueryResponseInfo.Get(response);
            if (info.Redirects != count || info.RedirectRefusal != refusal)
            {
                QueryResponseInfo.Update(
                    response, (count, refusal), static (info, now) => info with { Redirects = now.count, RedirectRefusal = now.refusal });
            }
            return response;
        }
        finally
        {
            ReplayableRequest.Restore(request, content);
        }
    }

    // Returns the last response, the number of redirects followed, and why the last one was not.
    private async ValueTask<(HttpResponseMessage Response, int Count, QueryRedirectRefusal? Refusal)> FollowAsync(
        RequestTemplate request, HttpResponseMessage response, SendBelow forward, CancellationToken cancellationToken)
    {
        var (first, visited) = (request.Target!, new HashSet<(HttpMethod, string)>());
        for (var count = 0; ; count++)
        {
            if (!RedirectRules.IsRedirect(response) || request.Target is not { IsAbsoluteUri: true } source)
                return (response, count, null);

            // A server that sets a cookie may redirect to the same URI and expect the cookie there.
            if (response.Headers.NonValidated.Contains("Set-Cookie")) visited.Clear();
            else visited.Add((request.Method, Identify(source)));

            var status = (int)response.StatusCode;
            var method = RedirectRules.GetNextMethod(response.StatusCode, request.Method);
            var keepsContent = request.Content is not null && method == request.Method && status is not 303;
            var (target, refusal) = GetTarget(response, request, keepsContent, count);
            if (target is not null && !RedirectRules.IsSameOrigin(target, first) && TransportCredentials.CoverUnnamed(InnerHandler, target))
                (target, refusal) = (null, QueryRedirectRefusal.PrimaryHandlerCredentials);
            if (target is not null && visited.Contains((method, Identify(target)))) (target, refusal) = (null, QueryRedirectRefusal.Loop);
            if (target is null)
            {
                _telemetry.RedirectRefused(status, request.Method, refusal);
                return (response, count, refusal);
            }

            // Waiting would let the server stop the request here.
            _ = ReleaseAsync(response);
            var next = RedirectRules.CreateRequest(request, target, method, keepsContent, _credentialHeaders);
            RedirectHop.Set(next, RedirectRules.IsSameOrigin(target, first) ? null : _otherOrigin);
            _telemetry.Redirected(status, request.Method, method, target);
            if (keepsContent && method == HttpMethod.Query) _telemetry.Replayed("redirect");
            request = RequestTemplate.Capture(next);
            response = await forward(next, cancellationToken).ConfigureAwait(false);
        }
    }

    private (Uri? Target, QueryRedirectRefusal Refusal) GetTarget(
        HttpResponseMessage response, RequestTemplate request, bool keepsContent, int count)
    {
        var source = request.Target!;
        var (target, refusal) = RedirectRules.GetTarget(response, source);
        if (target is null) return (null, refusal);
        if (count == _options.MaximumCount) return (null, QueryRedirectRefusal.TooMany);
        if (!keepsContent || RedirectRules.IsSameOrigin(target, source)) return (target, default);
        return _options.AllowContentToOtherOrigins && !RedirectRules.HasCredential(request.Content!, _credentialHeaders)
            ? (target, default)
            : (null, QueryRedirectRefusal.ContentToOtherOrigin);
    }

    private async Task ReleaseAsync(HttpResponseMessage response)
    {
        byte[]? buffer = null;
        try
        {
            if (response.Content.Headers.ContentLength > MaximumReleasedLength) return;
            using var timeout = new CancellationTokenSource(ReleaseTimeout, _time);
            var body = await response.Content.ReadAsStreamAsync(timeout.Token).ConfigureAwait(false);
            buffer = ArrayPool<byte>.Shared.Rent(4096);
            for (int total = 0, read = 1; read > 0 && total <= MaximumReleasedLength; total += read)
                read = await body.ReadAsync(buffer, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The body of a redirect has no reader: an error in it changes nothing.
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
            response.Dispose();
        }
    }

    private void SwitchAutomaticRedirectsOff()
    {
        // Two first requests at once: after one has been sent, the transport can no longer be changed.
        lock (_checking)
        {
            if (!_isChecked) AutomaticRedirects.SwitchOff(InnerHandler);
            _isChecked = true;
        }
    }

    // Without the fragment, which is not sent.
    private static string Identify(Uri uri) =>
        uri.GetComponents(UriComponents.HttpRequestUrl | UriComponents.UserInfo, UriFormat.UriEscaped);

    private static QueryRedirectOptions Validate(QueryRedirectOptions options) =>
        options.Validate(nameof(QueryRedirectOptions) + ".").FirstOrDefault() is { } failure
            ? throw new ArgumentException(failure, nameof(options))
            : options;
}
