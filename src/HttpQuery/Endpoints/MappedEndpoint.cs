using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Endpoints;

/// <summary>Metadata of the endpoint that QUERY requests of a QUERY resource meet: the endpoint as the application mapped it.</summary>
/// <remarks>Where it is present, the checks of <c>AddHttpQuery</c> run before the handler, 415 for content that is still coded among them.</remarks>
internal sealed record MappedEndpoint(RouteEndpoint Endpoint);
