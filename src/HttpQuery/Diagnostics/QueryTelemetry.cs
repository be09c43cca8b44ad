using System.Diagnostics;
using System.Diagnostics.Metrics;
using HttpQuery.Http;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Diagnostics;

/// <summary>Shows operators the counts, sizes and reasons of QUERY requests, never their content.</summary>
/// <remarks>Meter <c>HttpQuery</c>: <c>httpquery.server.requests</c> ({request}) and <c>httpquery.server.request.content.size</c>
/// (By). The activity of the request gets the same tags. Names: docs/server.md.</remarks>
internal sealed class QueryTelemetry
{
    public const string MeterName = "HttpQuery";

    private const string Outcome = "httpquery.outcome";
    private const string Reason = "httpquery.reason";

    private readonly Counter<long> _requests;
    private readonly Histogram<long> _contentSize;
    private readonly ILogger _logger;
    private readonly Func<object, Task> _measure;

    public QueryTelemetry(IMeterFactory meters, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger("HttpQuery");
        _measure = Measure;
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("httpquery.server.requests", "{request}", "QUERY requests by outcome.");
        _contentSize = meter.CreateHistogram<long>(
            "httpquery.server.request.content.size", "By", "Length of query content, as declared or as read.");
    }

    public ILogger Logger => _logger;

    /// <summary>Records why the request is rejected; the first reason counts.</summary>
    public static void RecordRejection(HttpContext context, int status, RejectionReason reason)
    {
        if (context.Features.Get<RejectionReason>() is not null) return;
        context.Features.Set(reason);
        if (context.RequestServices.GetService(typeof(QueryTelemetry)) is QueryTelemetry telemetry)
            Log.Rejected(telemetry._logger, status, reason.Reason);
    }

    /// <summary>Whether the meter has a listener.</summary>
    public bool IsObserved => _requests.Enabled || _contentSize.Enabled;

    /// <summary>Measures a QUERY when it is over, so that failed requests count, too.</summary>
    public void Track(HttpContext context)
    {
        // An error page that has QUERY rules, too, would count one request twice.
        if (context.Features.Get<TrackedRequest>() is not null) return;
        context.Features.Set(new TrackedRequest());
        CountingStream.Attach(context);
        context.Response.OnCompleted(_measure, context);
    }

    /// <summary>Records the requested endpoint: when the request is over, an error page may have replaced it.</summary>
    public static void SetEndpoint(HttpContext context, Endpoint endpoint)
    {
        if (context.Features.Get<TrackedRequest>() is { } tracked) tracked.Endpoint = endpoint;
    }

    /// <summary>Tags the activity of a QUERY, if there is one, when its response starts.</summary>
    public static void Tag(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } activity) return;
        activity.SetTag(Outcome, GetOutcome(context.Response.StatusCode));
        if (GetReason(context) is { } reason) activity.SetTag(Reason, reason);
        if (CountingStream.GetLength(context) is { } length) activity.SetTag("http.request.body.size", length);
    }

    private Task Measure(object state)
    {
        var context = (HttpContext)state;
        if ((context.Features.Get<TrackedRequest>()?.Endpoint ?? QueryResourceHeaders.FindEndpoint(context)) is not { } endpoint)
            return Task.CompletedTask;

        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        var status = context.Response.StatusCode;
        var tags = new TagList { { Outcome, GetOutcome(status) }, { "http.response.status_code", status }, { "http.route", route } };
        if (GetReason(context) is { } reason) tags.Add(Reason, reason);
        _requests.Add(1, tags);
        if (CountingStream.GetLength(context) is { } length) _contentSize.Record(length, new TagList { { "http.route", route } });
        return Task.CompletedTask;
    }

    private static string? GetReason(HttpContext context) =>
        context.Response.StatusCode is >= 400 and < 500 ? context.Features.Get<RejectionReason>()?.Reason ?? "other" : null;

    private static string GetOutcome(int status) => status switch
    {
        206 => "partial",
        < 300 => "succeeded",
        304 => "not_modified",
        < 400 => "redirected",
        412 => "precondition_failed",
        < 500 => "rejected",
        _ => "failed",
    };

    private sealed class TrackedRequest
    {
        public Endpoint? Endpoint { get; set; }
    }
}
