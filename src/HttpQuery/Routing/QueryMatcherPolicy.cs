using HttpQuery.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.Options;

namespace HttpQuery.Routing;

/// <summary>If a path holds a QUERY endpoint, decides by method and Content-Type before any endpoint is chosen (§2, §3).</summary>
/// <remarks>The rules depend on HTTP method metadata, so <c>MapQuery</c>, <c>MapMethods</c> and groups follow the same ones. All headers
/// and synthetic endpoints are created here, once, when routes are built; a request only walks the jump table.</remarks>
internal sealed class QueryMatcherPolicy(IOptions<HttpQueryOptions> options, QueryTelemetry telemetry) : MatcherPolicy, INodeBuilderPolicy
{
    private readonly ResponseStartHandler _start = new(telemetry);

    // One before the framework's method policy (-1000), which would send 405 first and without our headers.
    public override int Order => -1001;

    // Dynamic endpoints (MapFallbackToPage) stand at every path: they pass through, and must not switch the rules off.
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(QueryEndpoint.AcceptsQuery);

    public IReadOnlyList<PolicyNodeEdge> GetEdges(IReadOnlyList<Endpoint> endpoints)
    {
        var edges = new List<PolicyNodeEdge>();
        foreach (var host in HostEndpoints.Split([.. endpoints.Cast<RouteEndpoint>()]))
        {
            var resource = QueryResource.Create(host.Endpoints, options.Value, _start);
            if (resource is null)
            {
                edges.Add(Edge(RouteVerdict.Pass, host.Endpoints));
                continue;
            }

            foreach (var verdict in Enum.GetValues<RouteVerdict>())
            {
                edges.Add(Edge(verdict, verdict switch
                {
                    RouteVerdict.Pass => host.Endpoints.Select(
                        route => QueryEndpoint.CreateForOtherMethods(route, resource, options.Value)),
                    RouteVerdict.Query => ForQuery(isEncoded: false),
                    RouteVerdict.EncodedQuery => ForQuery(isEncoded: true),
                    _ => SyntheticEndpoints.Create(verdict, resource),
                }));
            }

            IEnumerable<Endpoint> ForQuery(bool isEncoded) =>
                host.Endpoints.Where(QueryEndpoint.CanAnswerQuery)
                    .Select(route => QueryEndpoint.CreateForQuery(route, resource, options.Value, isEncoded));

            PolicyNodeEdge Edge(RouteVerdict verdict, IEnumerable<Endpoint> candidates) =>
                new(new QueryEdge(host.Host, resource, verdict), [.. candidates]);
        }
        return edges;
    }

    public PolicyJumpTable BuildJumpTable(int exitDestination, IReadOnlyList<PolicyJumpTableEdge> edges)
    {
        var entries = edges
            .GroupBy(edge => ((QueryEdge)edge.State).Host)
            .Select(host => new QueryJumpTable.HostEntry(
                host.Key,
                ((QueryEdge)host.First().State).Resource,
                Destinations(host)));
        return new QueryJumpTable([.. entries]);

        static int[] Destinations(IEnumerable<PolicyJumpTableEdge> edges)
        {
            var destinations = new int[Enum.GetValues<RouteVerdict>().Length];
            foreach (var edge in edges) destinations[(int)((QueryEdge)edge.State).Verdict] = edge.Destination;
            return destinations;
        }
    }

    private sealed record QueryEdge(HostPattern Host, QueryResource? Resource, RouteVerdict Verdict);
}
