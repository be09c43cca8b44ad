using Microsoft.AspNetCore.Builder;

namespace HttpQuery;

/// <summary>What <c>WithETag</c>, <c>WithRanges</c> and <c>WithQueryKey</c> ask for, on an MVC action or controller.</summary>
/// <remarks>Concerns QUERY alone. The other doors have MVC's own attributes: <c>[Consumes]</c> for <c>WithAcceptQuery</c>, <c>[Produces]</c> for <c>WithProduces</c>.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class QueryBehaviorAttribute : Attribute
{
    /// <summary>As <see cref="HttpQueryEndpointConventionBuilderExtensions.WithETag"/>. Default <see langword="false"/>.</summary>
    public bool ETag { get; set; }

    /// <summary>As <see cref="HttpQueryEndpointConventionBuilderExtensions.WithRanges"/>. Default <see langword="false"/>.</summary>
    public bool Ranges { get; set; }

    /// <summary>As <see cref="HttpQueryEndpointConventionBuilderExtensions.WithQueryKey"/>. Default <see langword="false"/>.</summary>
    public bool QueryKey { get; set; }
}
