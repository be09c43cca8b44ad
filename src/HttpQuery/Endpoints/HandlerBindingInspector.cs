using System.IO.Pipelines;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Endpoints;

/// <summary>Finds the parameter of a minimal API handler that the framework binds from JSON content, and
/// decides whether it hides the spelling.</summary>
/// <remarks>Reads the framework's own metadata about its parameters (<see cref="IParameterBindingMetadata"/>), at run time and from the
/// request delegate generator. <c>Accepts</c> alone is documentation, not a binding.</remarks>
internal static class HandlerBindingInspector
{
    private static readonly HashSet<Type> OtherSources =
    [
        typeof(HttpContext), typeof(HttpRequest), typeof(HttpResponse), typeof(ClaimsPrincipal), typeof(CancellationToken),
        typeof(IFormCollection), typeof(IFormFile), typeof(IFormFileCollection),
        typeof(string), typeof(StringValues),
    ];

    /// <summary>Whether the handler cannot tell spellings of its content apart.</summary>
    public static bool HidesSpelling(Endpoint endpoint, IServiceProvider services, bool isChecked)
    {
        if (endpoint.Metadata.GetMetadata<MethodInfo>() is not { } handler) return false;
        var parameters = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>();

        // These parameters get the content, or the request, before it is bound.
        if (parameters.Any(parameter => parameter.HasBindAsync || IsRaw(parameter.ParameterInfo))
                || Array.Exists(handler.GetParameters(), IsRaw))
            return false;

        var accepts = endpoint.Metadata.GetOrderedMetadata<IAcceptsMetadata>()
            .Where(accepted => accepted.ContentTypes is ["application/json"])
            .ToArray();
        var bodies = parameters
            .Where(parameter => IsBody(parameter, services)
                && accepts.Any(accepted => accepted.RequestType is null || accepted.RequestType == parameter.ParameterInfo.ParameterType))
            .ToArray();
        return bodies is [var body] && HidesErrors(endpoint, body, services, isChecked)
            && JsonContractInspector.HidesSpelling(body.ParameterInfo.ParameterType,
                services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
    }

    private static bool IsRaw(ParameterInfo parameter) =>
        typeof(Stream).IsAssignableFrom(parameter.ParameterType) || typeof(PipeReader).IsAssignableFrom(parameter.ParameterType);

    private static bool IsBody(IParameterBindingMetadata parameter, IServiceProvider services)
    {
        var (type, attributes) = (parameter.ParameterInfo.ParameterType, parameter.ParameterInfo.GetCustomAttributes(inherit: true));
        if (attributes.OfType<IFromBodyMetadata>().Any()) return true;
        if (attributes.Any(IsOtherSource) || parameter.HasTryParse || OtherSources.Contains(type)) return false;
        return services.GetService<IServiceProviderIsService>()?.IsService(type) is not true;
    }

    private static bool IsOtherSource(object attribute) =>
        attribute is IFromRouteMetadata or IFromQueryMetadata or IFromHeaderMetadata
            or IFromFormMetadata or IFromServiceMetadata or FromKeyedServicesAttribute;

    // A binding exception of the framework names the position of the error, and the application may send it in a response that succeeds.
    // If our check watches the binding, the client gets 400 instead.
    private static bool HidesErrors(Endpoint endpoint, IParameterBindingMetadata body, IServiceProvider services, bool isChecked) =>
        (isChecked && endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType == body.ParameterInfo.ParameterType)
        || services.GetService<IOptions<RouteHandlerOptions>>()?.Value.ThrowOnBadRequest is not true;
}
