using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Internal;

/// <summary>What operators see of QUERY: counts, sizes and reasons, never content.</summary>
/// <remarks>Meter <c>HttpQuery</c>: <c>httpquery.server.requests</c> ({request}) and <c>httpquery.server.request.content.size</c> (By, where the
/// length is declared). The same tags go to the activity of the request. Names: docs/server.md.</remarks>
internal sealed class QueryTelemetry
{
    public const string MeterName = "HttpQuery";

    private const string Outcome = "httpquery.outcome";
    private const string Reason = "httpquery.reason";

    private readonly Counter<long> _requests;
    private readonly Histogram<long> _contentSize;
    private readonly ILogger _logger;

    public QueryTelemetry(IMeterFactory meters, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger("HttpQuery");
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("httpquery.server.requests", "{request}", "QUERY requests by outcome, when their response starts.");
        _contentSize = meter.CreateHistogram<long>("httpquery.server.request.content.size", "By", "Declared length of query content.");
    }

    public ILogger Logger => _logger;

    /// <summary>Notes why the request is refused; the first reason counts.</summary>
    public static void Refuse(HttpContext context, int status, Refusal refusal)
    {
        if (context.Features.Get<Refusal>() is not null) return;
        context.Features.Set(refusal);
        if (context.RequestServices.GetService(typeof(QueryTelemetry)) is QueryTelemetry telemetry) Log.Refused(telemetry._logger, status, refusal.Reason);
    }

    /// <summary>Counts a QUERY whose response starts now.</summary>
    public void Record(HttpContext context, Endpoint endpoint)
    {
        var activity = context.Features.Get<IHttpActivityFeature>()?.Activity;
        var traced = activity is { IsAllDataRequested: true };
        if (!traced && !_requests.Enabled && !_contentSize.Enabled) return;

        var status = context.Response.StatusCode;
        var outcome = OutcomeOf(status);
        var reason = status is >= 400 and < 500 ? context.Features.Get<Refusal>()?.Reason ?? "other" : null;
        var length = context.Request.ContentLength;
        if (traced)
        {
            activity!.SetTag(Outcome, outcome);
            if (reason is not null) activity.SetTag(Reason, reason);
            if (length is not null) activity.SetTag("http.request.body.size", length);
        }

        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        if (_requests.Enabled)
        {
            var tags = new TagList { { Outcome, outcome }, { "http.response.status_code", status }, { "http.route", route } };
            if (reason is not null) tags.Add(Reason, reason);
            _requests.Add(1, tags);
        }
        if (length is { } octets && _contentSize.Enabled) _contentSize.Record(octets, new TagList { { "http.route", route } });
    }

    private static string OutcomeOf(int status) => status switch
    {
        206 => "partial",
        < 300 => "answered",
        304 => "not_modified",
        < 400 => "redirected",
        412 => "precondition_failed",
        < 500 => "refused",
        _ => "failed",
    };
}
