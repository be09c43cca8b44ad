using Microsoft.Extensions.Primitives;

namespace HttpQuery.Routing;

/// <summary>Header values that describe a QUERY resource in the responses of one of its routes;
/// attached to its endpoints as metadata.</summary>
/// <param name="AcceptQuery">Value of <c>Accept-Query</c> (§3); empty if the route's constraints leave no QUERY endpoint.</param>
/// <param name="Accept">Value of <c>Accept</c> on a 415 (RFC 9110 §15.5.16).</param>
/// <param name="Allow">Value of <c>Allow</c>: every method that works here.</param>
/// <param name="VariesByAccept">Whether the endpoint chooses among media types by the request's <c>Accept</c>.</param>
internal sealed record QueryFields(StringValues AcceptQuery, StringValues Accept, StringValues Allow, bool VariesByAccept = false);
