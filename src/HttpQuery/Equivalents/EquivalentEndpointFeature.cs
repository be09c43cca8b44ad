using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Equivalents;

/// <summary>Lets routing choose only an endpoint that has equivalent resources or stores results. Any other would not check that the
/// request stands for its query.</summary>
internal sealed class EquivalentEndpointFeature(HttpContext context) : IEndpointFeature
{
    private static readonly Endpoint Unknown =
        new(EquivalentProblems.WriteUnknownAsync, EndpointMetadataCollection.Empty, "Unknown equivalent resource");

    /// <summary>Metadata of the endpoints that check equivalent requests.</summary>
    public static object TakesPartMetadata { get; } = new TakesPart();

    private Endpoint? _endpoint;

    public Endpoint? Endpoint
    {
        get => _endpoint;
        set => _endpoint = value?.Metadata.GetMetadata<TakesPart>() is not null || value is null || IsErrorPage || IsPreflight
            ? value
            : Unknown;
    }

    private bool IsPreflight => HttpMethods.IsOptions(context.Request.Method);

    private bool IsErrorPage =>
        context.Features.Get<IExceptionHandlerFeature>() is not null || context.Features.Get<IStatusCodeReExecuteFeature>() is not null;

    private sealed class TakesPart;
}
