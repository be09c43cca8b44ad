using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets scripts of other origins send QUERY.</summary>
public static class HttpQueryCorsPolicyBuilderExtensions
{
    private static readonly string[] RequestHeaders =
        ["Content-Type", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"];

    private static readonly string[] ResponseHeaders =
    [
        "Accept", "Accept-Query", "Accept-Ranges", "Age", "Allow", "Cache-Control", "Cache-Status",
        "Content-Location", "Content-Range", "ETag", "Location"
    ];

    /// <summary>Allows the method QUERY and its request headers (<c>Content-Type</c>, conditions, <c>Range</c>), and lets
    /// scripts read the response headers about a query: <c>Accept-Query</c>, <c>Location</c>, <c>Content-Location</c>,
    /// <c>ETag</c>, <c>Age</c>, <c>Accept</c>, <c>Allow</c>, <c>Cache-Control</c>, <c>Cache-Status</c>,
    /// <c>Accept-Ranges</c>, <c>Content-Range</c> (RFC 10008 §4).</summary>
    /// <remarks>QUERY is not safelisted: a browser sends a preflight request first. Everything that
    /// the policy already allows stays allowed.</remarks>
    /// <param name="policy">The policy; set its origins separately.</param>
    /// <example><code>
    /// builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowAnyOrigin().AllowQuery()));
    /// </code></example>
    public static CorsPolicyBuilder AllowQuery(this CorsPolicyBuilder policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var allowed = policy.Build();
        if (!allowed.AllowAnyMethod) policy.WithMethods(HttpMethods.Query);
        if (!allowed.AllowAnyHeader) policy.WithHeaders(RequestHeaders);
        return policy.WithExposedHeaders(ResponseHeaders);
    }
}
