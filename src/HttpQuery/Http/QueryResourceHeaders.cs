using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Http;

/// <summary>Header values that describe a QUERY resource in the responses of one of its routes;
/// attached to its endpoints as metadata.</summary>
/// <param name="AcceptQuery">Value of <c>Accept-Query</c> (§3); empty if the route's constraints leave no QUERY endpoint.</param>
/// <param name="Accept">Value of <c>Accept</c> on a 415 (RFC 9110 §15.5.16).</param>
/// <param name="Allow">Value of <c>Allow</c>: every method that works here.</param>
/// <param name="VariesByAccept">Whether the endpoint chooses among media types by the request's <c>Accept</c>.</param>
internal sealed record QueryResourceHeaders(
    StringValues AcceptQuery, StringValues Accept, StringValues Allow, bool VariesByAccept = false)
{
    /// <summary>Returns the endpoint of a QUERY resource that a request was routed to, or <see langword="null"/>.</summary>
    /// <remarks>Error pages run as another endpoint; the response still describes the path that was requested.</remarks>
    public static Endpoint? FindEndpoint(HttpContext context)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint
            ?? context.Features.Get<IStatusCodeReExecuteFeature>()?.Endpoint
            ?? context.GetEndpoint();
        return endpoint?.Metadata.GetMetadata<QueryResourceHeaders>() is { AcceptQuery.Count: > 0 } ? endpoint : null;
    }
}
