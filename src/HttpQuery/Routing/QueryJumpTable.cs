using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Matching;

namespace HttpQuery.Routing;

/// <summary>Decides at request time on the site, the answer and the next destination. Allocates nothing.</summary>
internal sealed class QueryJumpTable(QueryJumpTable.Site[] sites) : PolicyJumpTable
{
    /// <summary>One host's resource, and the destination of each <see cref="RouteVerdict"/>.</summary>
    public sealed record Site(QueryHost Host, QueryResource? Resource, int[] Destinations);

    private readonly Site? _onlySite = sites.Length == 1 ? sites[0] : null;

    public override int GetDestination(HttpContext httpContext)
    {
        var site = _onlySite ?? FindSite(httpContext.Request);
        if (site.Resource is null) return site.Destinations[(int)RouteVerdict.Pass];

        return site.Destinations[(int)site.Resource.Decide(httpContext)];
    }

    // The last site matches every host.
    private Site FindSite(HttpRequest request)
    {
        var host = request.Host;
        var port = host.Port ?? (request.IsHttps ? 443 : 80);
        foreach (var site in sites)
        {
            if (site.Host.Matches(host.Host, port)) return site;
        }
        return sites[^1];
    }
}
