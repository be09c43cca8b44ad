using Microsoft.AspNetCore.Builder;

namespace HttpQuery;

/// <summary>Applies <c>WithETag</c>, <c>WithRanges</c>, <c>WithQueryKey</c>, <c>WithEquivalentResource</c> and <c>WithStoredResult</c> to
/// an MVC action or controller.</summary>
/// <remarks>Affects only QUERY. MVC has its own attributes for the other methods: <c>[Consumes]</c> for <c>WithAcceptQuery</c>,
/// <c>[Produces]</c> for <c>WithProduces</c>.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class QueryBehaviorAttribute : Attribute
{
    /// <summary>Same as <see cref="HttpQueryEndpointConventionBuilderExtensions.WithETag"/>. Default <see langword="false"/>.</summary>
    public bool ETag { get; set; }

    /// <summary>Same as <see cref="HttpQueryEndpointConventionBuilderExtensions.WithRanges"/>. Default <see langword="false"/>.</summary>
    public bool Ranges { get; set; }

    /// <summary>Same as <see cref="HttpQueryEndpointConventionBuilderExtensions.WithQueryKey"/>. Default <see langword="false"/>.</summary>
    public bool QueryKey { get; set; }

    /// <summary>Same as <see cref="HttpQueryEndpointConventionBuilderExtensions.WithEquivalentResource"/>. Default
    /// <see langword="false"/>.</summary>
    public bool EquivalentResource { get; set; }

    /// <summary>Same as <see cref="HttpQueryEndpointConventionBuilderExtensions.WithStoredResult"/>. Default
    /// <see langword="false"/>.</summary>
    public bool StoredResult { get; set; }
}
