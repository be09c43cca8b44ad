using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Routing;

/// <summary>The endpoints of a path that answer for one host: with <c>RequireHost</c> a path may be another resource on each
/// host.</summary>
internal sealed record HostEndpoints(HostPattern Host, IReadOnlyList<RouteEndpoint> Endpoints)
{
    /// <summary>Creates one item for each name and port that any endpoint names, the narrowest first,
    /// and last the item of every other host.</summary>
    /// <remarks>Names are exact or nested wildcards, so the endpoints that match a request are those that cover its narrowest
    /// pattern.</remarks>
    public static IEnumerable<HostEndpoints> Split(IReadOnlyList<RouteEndpoint> endpoints)
    {
        var hosts = endpoints.ToDictionary(endpoint => endpoint, Hosts);
        var asked = hosts.Values.SelectMany(list => list).Append(HostPattern.Any).ToArray();
        return
            from name in asked.Select(host => host.Name).Distinct()
            from port in asked.Select(host => host.Port).Distinct()
            let pattern = new HostPattern(name, port)
            orderby pattern.Breadth
            select new HostEndpoints(pattern, [.. endpoints.Where(endpoint => hosts[endpoint].Any(host => host.Covers(pattern)))]);
    }

    private static HostPattern[] Hosts(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts is { Count: > 0 } hosts
            ? [.. hosts.Select(HostPattern.Parse)]
            : [HostPattern.Any];
}
