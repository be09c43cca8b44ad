using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using HttpQuery.Caching.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HttpQuery.Diagnostics;

/// <summary>Telemetry of a client's handlers: metrics of the meter <c>HttpQuery.Client</c>, logs of category <c>HttpQuery.Client</c>, and
/// tags of the current activity. Names: docs/client.md.</summary>
/// <remarks>Labels have few values. Hosts, paths, queries and contents are never labels.</remarks>
internal sealed class ClientTelemetry
{
    public const string MeterName = "HttpQuery.Client";
    public const string LogCategory = "HttpQuery.Client";

    private const string NameLabel = "httpquery.client.name";

    // Without a container, one meter serves the whole process. A meter from the container's factory ends with the container.
    private static readonly Meter ProcessMeter = new(MeterName);

    private readonly string _name;
    private readonly Counter<long> _redirects;
    private readonly Counter<long> _replays;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _discoveries;
    private readonly Counter<long> _switches;
    private readonly BoundedWarning _refusals;

    /// <summary>Creates the telemetry of one handler. The instruments of all handlers are the same.</summary>
    /// <param name="name">The name of the client. Empty without a container.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Creates the logger, or <see langword="null"/>.</param>
    /// <param name="meters">The container's meters, or <see langword="null"/>.</param>
    public ClientTelemetry(string name, TimeProvider time, ILoggerFactory? loggers, IMeterFactory? meters)
    {
        _name = name;
        _refusals = new(time);
        Logger = loggers?.CreateLogger(LogCategory) ?? NullLogger.Instance;
        var meter = meters?.Create(MeterName) ?? ProcessMeter;
        _redirects = meter.CreateCounter<long>("httpquery.client.redirects", "{redirect}", "Redirect responses by what the client did.");
        _replays = meter.CreateCounter<long>("httpquery.client.replays", "{request}", "Queries whose content was sent again, by reason.");
        _fallbacks = meter.CreateCounter<long>("httpquery.client.fallbacks", "{request}", "Requests sent in place of a QUERY, by reason.");
        _discoveries = meter.CreateCounter<long>("httpquery.client.discoveries", "{event}", "Uses of Accept-Query by what the client did.");
        _switches = meter.CreateCounter<long>("httpquery.client.switches", "{request}", "GETs of a Location in place of a query.");
    }

    public ILogger Logger { get; }

    /// <summary>Reports a redirect that is followed.</summary>
    public void Redirected(int status, HttpMethod method, HttpMethod next, Uri target)
    {
        _redirects.Add(1, new TagList
        {
            { "httpquery.redirect.result", "followed" }, { "http.response.status_code", status }, { NameLabel, _name },
        });
        if (Logger.IsEnabled(LogLevel.Debug))
            ClientLog.Redirected(Logger, _name, KnownMethod(method), status, KnownMethod(next), OriginOf(target));
    }

    /// <summary>Reports a redirect that is not followed.</summary>
    public void RedirectRefused(int status, HttpMethod method, QueryRedirectRefusal refusal)
    {
        _redirects.Add(1, new TagList
        {
            { "httpquery.redirect.result", LabelOf(refusal) }, { "http.response.status_code", status }, { NameLabel, _name },
        });
        Tag("httpquery.redirect.result", LabelOf(refusal));
        if (_refusals.IsDue(out var count)) ClientLog.RedirectRefused(Logger, _name, KnownMethod(method), status, TextOf(refusal), count);
    }

    /// <summary>Reports a query whose content is sent again.</summary>
    /// <param name="reason">One of a few constants, for example <c>redirect</c>.</param>
    public void Replayed(string reason)
    {
        _replays.Add(1, new TagList { { "httpquery.replay.reason", reason }, { NameLabel, _name } });
        if (Logger.IsEnabled(LogLevel.Debug)) ClientLog.Replayed(Logger, _name, reason);
    }

    /// <summary>Reports a request that is sent in place of a QUERY.</summary>
    /// <param name="method">The method that is sent.</param>
    /// <param name="reason">One of a few constants, for example <c>not_implemented</c>.</param>
    public void FellBack(HttpMethod method, string reason)
    {
        _fallbacks.Add(1, new TagList
        {
            { "httpquery.fallback.reason", reason }, { "http.request.method", KnownMethod(method) }, { NameLabel, _name },
        });
        Tag("httpquery.fallback.method", method.Method);
        if (Logger.IsEnabled(LogLevel.Debug)) ClientLog.FellBack(Logger, _name, KnownMethod(method), reason);
    }

    /// <summary>Reports that QUERY does not work at a server.</summary>
    public void LearnedFallback(Uri uri, string reason, TimeSpan lifetime)
    {
        if (Logger.IsEnabled(LogLevel.Information)) ClientLog.LearnedFallback(Logger, _name, OriginOf(uri), reason, lifetime);
    }

    /// <summary>Reports what was done with an <c>Accept-Query</c> value.</summary>
    /// <param name="result">One of a few constants, for example <c>renegotiated</c>.</param>
    public void Discovered(string result) =>
        _discoveries.Add(1, new TagList { { "httpquery.discovery.result", result }, { NameLabel, _name } });

    /// <summary>Reports a query that is sent in a second format.</summary>
    public void Renegotiated(MediaType refused, MediaType accepted)
    {
        Discovered("renegotiated");
        Replayed("unsupported_media_type");
        Tag("httpquery.renegotiated", true);
        if (Logger.IsEnabled(LogLevel.Debug)) ClientLog.Renegotiated(Logger, _name, refused, accepted);
    }

    /// <summary>Reports a GET of a <c>Location</c> in place of a query.</summary>
    /// <param name="status">The status code of the response, or <see langword="null"/> if it failed.</param>
    /// <param name="isUsed">Whether the response is that of the query.</param>
    public void Switched(int? status, bool isUsed)
    {
        _switches.Add(1, new TagList { { "httpquery.switch.result", isUsed ? "used" : "returned" }, { NameLabel, _name } });
        if (isUsed) Tag("httpquery.switched_to_get", true);
        if (Logger.IsEnabled(LogLevel.Debug)) ClientLog.Switched(Logger, _name, status, isUsed ? "is" : "is not");
    }

    /// <summary>Sets a tag of the activity in which the caller sends the request.</summary>
    /// <remarks>HttpClient's own activities begin in the primary handler, one for each sending.</remarks>
    public static void Tag(string name, object value) => Activity.Current?.SetTag(name, value);

    /// <summary>Returns the label of a refusal.</summary>
    public static string LabelOf(QueryRedirectRefusal refusal) => refusal switch
    {
        QueryRedirectRefusal.TooMany => "too_many",
        QueryRedirectRefusal.Loop => "loop",
        QueryRedirectRefusal.InvalidLocation => "invalid_location",
        QueryRedirectRefusal.InsecureTarget => "insecure_target",
        QueryRedirectRefusal.PrimaryHandlerCredentials => "primary_handler_credentials",
        _ => "content_to_other_origin",
    };

    /// <summary>Returns what a refusal means, and what to do, as a sentence.</summary>
    public static string TextOf(QueryRedirectRefusal refusal) => refusal switch
    {
        QueryRedirectRefusal.TooMany => "There were more redirects than QueryRedirectOptions.MaximumCount.",
        QueryRedirectRefusal.Loop => "The redirect leads to a URI that the request was already sent to.",
        QueryRedirectRefusal.InvalidLocation =>
            "The Location is not one http or https URI of at most 16 KiB without user information.",
        QueryRedirectRefusal.InsecureTarget => "The redirect leads from https to http.",
        QueryRedirectRefusal.PrimaryHandlerCredentials => "The redirect leads to another origin, and the primary handler would answer a "
            + "challenge of that origin with its Credentials. Use a CredentialCache, which names the URIs that they are for.",
        _ => "The redirect leads to another origin, and the request has content. "
            + "To send it there, set QueryRedirectOptions.AllowContentToOtherOrigins.",
    };

    // A label needs a bounded set of values, but a caller can send any method.
    private static string KnownMethod(HttpMethod method) =>
        method.Method is "GET" or "HEAD" or "QUERY" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method.Method : "_OTHER";

    // Without user information, path and query.
    private static string OriginOf(Uri target) =>
        string.Create(CultureInfo.InvariantCulture, $"{target.Scheme}://{target.IdnHost}:{target.Port}");
}
