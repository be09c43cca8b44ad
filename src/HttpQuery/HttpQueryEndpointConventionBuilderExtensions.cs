using HttpQuery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Refines QUERY endpoints, singly or as a group.</summary>
public static class HttpQueryEndpointConventionBuilderExtensions
{
    /// <summary>States the media types of query content that the endpoint accepts: others get 415, and <c>Accept-Query</c> lists these
    /// (RFC 10008 §2.1, §3).</summary>
    /// <remarks>Endpoints that bind a parameter from JSON or a form have stated theirs already; this replaces it. On a group it
    /// concerns the QUERY endpoints alone.</remarks>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="mediaTypes">Media types or ranges, for example <c>application/sql</c> or <c>text/*</c>; at least one.</param>
    /// <exception cref="ArgumentException">No media type is given, or one is malformed.</exception>
    public static TBuilder WithAcceptQuery<TBuilder>(this TBuilder builder, params string[] mediaTypes)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(mediaTypes);
        if (mediaTypes.Length == 0) throw new ArgumentException("Name at least one media type.", nameof(mediaTypes));
        _ = AcceptQuery.Create(mediaTypes);

        // Last of all conventions: only then is the endpoint's own metadata there.
        builder.Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods.Any(HttpMethods.IsQuery) is not true) return;

            // A group's conventions come after those of its endpoints, whose own statement is the narrower one.
            if (endpoint.Metadata.OfType<StatedAcceptQuery>().Any()) return;
            var bound = endpoint.Metadata.OfType<IAcceptsMetadata>().LastOrDefault();
            endpoint.Metadata.Add(new AcceptsMetadata(mediaTypes, bound?.RequestType, bound?.IsOptional ?? false));
            endpoint.Metadata.Add(StatedAcceptQuery.Instance);
        });
        return builder;
    }

    private sealed class StatedAcceptQuery
    {
        public static readonly StatedAcceptQuery Instance = new();
    }
}
