using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Matching;

namespace HttpQuery.Routing;

/// <summary>Decides at request time on the host, the verdict and the next destination. Allocates nothing.</summary>
internal sealed class QueryJumpTable(QueryJumpTable.HostEntry[] entries) : PolicyJumpTable
{
    /// <summary>One host's resource, and the destination of each <see cref="RouteVerdict"/>.</summary>
    public sealed record HostEntry(HostPattern Host, QueryResource? Resource, int[] Destinations);

    private readonly HostEntry? _onlyEntry = entries.Length == 1 ? entries[0] : null;

    public override int GetDestination(HttpContext httpContext)
    {
        var entry = _onlyEntry ?? FindEntry(httpContext.Request);
        if (entry.Resource is null) return entry.Destinations[(int)RouteVerdict.Pass];

        return entry.Destinations[(int)entry.Resource.Decide(httpContext)];
    }

    // The last entry matches every host.
    private HostEntry FindEntry(HttpRequest request)
    {
        var host = request.Host;
        var port = host.Port ?? (request.IsHttps ? 443 : 80);
        foreach (var entry in entries)
        {
            if (entry.Host.Matches(host.Host, port)) return entry;
        }
        return entries[^1];
    }
}
