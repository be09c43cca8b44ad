using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Endpoints;

/// <summary>Names the endpoint that was chosen for a request: by a header, a host or a policy of the application, one target can have several.</summary>
/// <remarks>The name is the same in every process that maps the same endpoints, except where two endpoints have one pattern and one display name.</remarks>
internal static class EndpointIdentity
{
    private static readonly ConditionalWeakTable<Endpoint, string> Known = [];

    /// <returns>Empty where the application has only this endpoint, such as a gateway.</returns>
    public static string Of(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return "";
        return Known.TryGetValue(endpoint, out var name) ? name : Known.GetValue(endpoint, _ => Create(endpoint, context.RequestServices.GetService<EndpointDataSource>()?.Endpoints ?? []));
    }

    private static string Create(Endpoint endpoint, IReadOnlyList<Endpoint> all)
    {
        var name = NameOf(endpoint);
        var count = all.Count(other => NameOf(other) == name);

        // Endpoints that cannot be told apart by name: each process has its own entries, because no other process can say which one it means.
        return count == 1 && all.Count == 1 ? "" : count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}\n{Guid.NewGuid():N}");
    }

    private static string NameOf(Endpoint endpoint) => $"{(endpoint as RouteEndpoint)?.RoutePattern.RawText}\n{endpoint.DisplayName}";
}
