using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Tests.Equivalents;

/// <summary>Endpoints that answer text, with equivalent resources, stored results, tags and ranges.</summary>
internal static class EquivalentEndpoints
{
    public static RouteHandlerBuilder MapQueryText(this IEndpointRouteBuilder app, string pattern, Func<string> answer) =>
        app.MapQueryText(pattern, _ => answer());

    public static RouteHandlerBuilder MapQueryText(this IEndpointRouteBuilder app, string pattern, Func<HttpContext, string> answer) =>
        app.MapQuery(pattern, (RfcQuery query, HttpContext context) => answer(context))
            .WithEquivalentResource().WithStoredResult().WithRanges().WithETag();
}
