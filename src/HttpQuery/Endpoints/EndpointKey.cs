using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Endpoints;

/// <summary>Names the endpoint chosen for a request. By a header, a host or a policy of the application,
/// one target can have several endpoints.</summary>
/// <remarks>The name is the same in every process that maps the same endpoints, unless two endpoints have one pattern and one display
/// name, accept the same media types and require the same hosts.</remarks>
internal static class EndpointKey
{
    private static readonly ConditionalWeakTable<Endpoint, string> Known = [];
    private static readonly ConditionalWeakTable<Endpoint, string> FullNames = [];

    /// <returns>Empty if this is the only endpoint of the application, as in a gateway.</returns>
    public static string Get(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return "";
        return Known.TryGetValue(endpoint, out var name)
            ? name
            : Known.GetValue(endpoint, _ => Create(endpoint, context.RequestServices.GetService<EndpointDataSource>()?.Endpoints ?? []));
    }

    /// <summary>Returns a name that stays the same if the application gets further endpoints.</summary>
    public static string GetFull(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return "";
        var mapped = endpoint.Metadata.GetMetadata<MappedEndpointMetadata>()?.Endpoint ?? endpoint;
        return FullNames.GetValue(mapped, _ =>
        {
            var name = GetLongName(mapped);
            var all = context.RequestServices.GetService<EndpointDataSource>()?.Endpoints ?? [];
            return all.Count(other => GetLongName(other) == name) == 1 ? name : MakeUnique(name);
        });
    }

    private static string Create(Endpoint endpoint, IReadOnlyList<Endpoint> all)
    {
        var mapped = endpoint.Metadata.GetMetadata<MappedEndpointMetadata>()?.Endpoint ?? endpoint;
        var name = GetName(mapped);
        Endpoint[] namesakes = [.. all.Where(other => GetName(other) == name)];
        if (namesakes.Length == 1) return all.Count == 1 ? "" : name;

        // JSON and forms of one path, for example.
        var longName = GetLongName(mapped);
        if (namesakes.Count(other => GetLongName(other) == longName) == 1) return longName;

        // Several endpoints have this name. Each process has its own entries, because no other process can say which endpoint it means.
        return MakeUnique(name);
    }

    private static string MakeUnique(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}\n{Guid.NewGuid():N}");

    private static string GetName(Endpoint endpoint) => $"{(endpoint as RouteEndpoint)?.RoutePattern.RawText}\n{endpoint.DisplayName}";

    private static string GetLongName(Endpoint endpoint)
    {
        var types = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [];
        var hosts = endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts ?? [];
        return $"{GetName(endpoint)}\n{string.Join(", ", types)}\n{string.Join(", ", hosts)}";
    }
}
