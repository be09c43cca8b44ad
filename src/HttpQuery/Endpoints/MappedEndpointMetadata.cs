using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Endpoints;

/// <summary>Metadata of the endpoint that QUERY requests of a QUERY resource reach: the endpoint as the application mapped it.</summary>
/// <remarks>If it is present, the checks of <c>AddHttpQuery</c> run before the handler, among them
/// 415 for content that is still encoded.</remarks>
internal sealed record MappedEndpointMetadata(RouteEndpoint Endpoint);
