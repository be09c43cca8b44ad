using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace HttpQuery;

/// <summary>The result of <see cref="QueryResults.SeeOther"/>: 303 (RFC 10008 §2.5, RFC 9110 §15.4.4).</summary>
public sealed class SeeOtherHttpResult : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    internal SeeOtherHttpResult(string location) => Location = location;

    /// <summary>The URI of the result.</summary>
    public string Location { get; }

    /// <inheritdoc/>
    public int? StatusCode => StatusCodes.Status303SeeOther;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Location;
        return Task.CompletedTask;
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status303SeeOther));
}
