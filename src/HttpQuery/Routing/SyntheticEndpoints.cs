using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Routing;

/// <summary>The endpoints that routing puts in place of the application's own if a request is rejected or asks by OPTIONS.</summary>
internal static class SyntheticEndpoints
{
    /// <summary>Creates one endpoint for each route of the path, so that its constraints apply here too:
    /// a request that they reject stays a 404.</summary>
    public static IEnumerable<Endpoint> Create(RouteVerdict verdict, QueryResource resource)
    {
        var aboutQuery = verdict is not (RouteVerdict.MethodNotAllowed or RouteVerdict.Options);
        return resource.Endpoints
            .Where(endpoint => !aboutQuery || QueryEndpoint.CanAnswerQuery(endpoint))
            .DistinctBy(endpoint => endpoint.RoutePattern)
            .Select((endpoint, order) =>
                CreateOne(verdict, endpoint, order, resource, aboutQuery ? resource.RejectionMetadata : resource.ResponseMetadata))
            .Concat(resource.Fallbacks);
    }

    private static RouteEndpoint CreateOne(
        RouteVerdict verdict, RouteEndpoint endpoint, int order, QueryResource resource, IReadOnlyList<object> metadata)
    {
        var headers = resource.GetHeaders(endpoint);
        return new(Handler(verdict, headers), endpoint.RoutePattern, order, new([headers, .. metadata]), $"QUERY resource: {verdict}");
    }

    private static RequestDelegate Handler(RouteVerdict verdict, QueryResourceHeaders resource)
    {
        var (status, reason, detail) = verdict switch
        {
            RouteVerdict.MissingContentType =>
                (400, RejectionReason.MissingContentType,
                    $"A QUERY request needs a Content-Type header. This resource accepts: {resource.Accept}"),
            RouteVerdict.MalformedContentType =>
                (400, RejectionReason.MalformedContentType, "The Content-Type header is malformed or was sent more than once."),
            RouteVerdict.EmptyContent => (400, RejectionReason.EmptyContent, "The content is empty, but JSON content cannot be empty."),
            RouteVerdict.MethodOverride =>
                (400, RejectionReason.MethodOverride,
                    "A form that was sent by POST cannot become a QUERY, because another site could have sent it."),
            RouteVerdict.UnsupportedMediaType =>
                (415, RejectionReason.UnsupportedMediaType,
                    $"The media type of the content is not supported. This resource accepts: {resource.Accept}"),
            RouteVerdict.MethodNotAllowed =>
                (405, RejectionReason.MethodNotAllowed, $"The method is not supported. This resource allows: {resource.Allow}"),
            RouteVerdict.Options => (204, null!, ""),
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };

        return context =>
        {
            var response = context.Response;
            response.StatusCode = status;
            if (status is 405 or 204) response.Headers.Allow = resource.Allow;
            if (status is 415) response.Headers.Accept = resource.Accept;
            return status is 204 ? Task.CompletedTask : ProblemWriter.WriteAsync(context, status, reason, detail);
        };
    }
}
