using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using HttpQuery.Negotiation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Binders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Mvc;

/// <summary>Gives MVC actions that answer QUERY the features of minimal API endpoints: the media types they accept, and a 400 with the
/// position of an error. Rejects actions whose content MVC would leave unread.</summary>
/// <remarks>Examines actions after all conventions and providers have finished with them.</remarks>
internal sealed class QueryActionDescriptorProvider(IOptions<HttpQueryOptions> options, IServiceProvider services)
    : IActionDescriptorProvider
{
    private static readonly string[] FormTypes = ["application/x-www-form-urlencoded", "multipart/form-data"];

    // On the way back, providers run from the highest order to the lowest.
    public int Order => int.MinValue;

    public void OnProvidersExecuting(ActionDescriptorProviderContext context)
    {
    }

    public void OnProvidersExecuted(ActionDescriptorProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var action in context.Results.OfType<ControllerActionDescriptor>())
        {
            if (GetMethods(action).Any(HttpMethods.IsQuery)) Complete(action);
        }
    }

    private void Complete(ControllerActionDescriptor action)
    {
        var consumed = action.FilterDescriptors.Select(descriptor => descriptor.Filter)
            .OfType<ConsumesAttribute>().FirstOrDefault()?.ContentTypes;
        ParameterDescriptor[] bound = [.. action.Parameters, .. action.BoundProperties];
        foreach (var parameter in bound) Check(action, parameter, consumed);

        var body = Array.Find(bound, parameter => GetSource(parameter) == BindingSource.Body);
        if (body is not null)
        {
            action.FilterDescriptors.Add(new(new MalformedContentFilter(body, IsOptional(body)), FilterScope.Action));
            action.EndpointMetadata.Add(new BoundActionMetadata(options.Value.JsonErrorBufferLimit));
        }

        // An action that also answers other methods is left to MVC: this metadata would apply to those methods as well.
        if (consumed is null && GetMethods(action).All(HttpMethods.IsQuery) && AcceptedBy(bound, body) is { Count: > 0 } types)
            action.EndpointMetadata.Add(new AcceptsMetadata([.. types], body?.ParameterType));
    }

    // Without [ApiController], MVC looks for a complex parameter in the URI query and in forms, and ignores JSON.
    private void Check(ControllerActionDescriptor action, ParameterDescriptor parameter, MediaTypeCollection? consumed)
    {
        if (GetSource(parameter) is not null || consumed?.All(IsForm) is true || !IsLeftUnread(parameter)) return;
        throw new InvalidOperationException(
            $"'{action.MethodInfo.DeclaringType}.{action.MethodInfo.Name}' handles QUERY, "
            + $"but MVC would not bind the request content to '{parameter.Name}'. "
            + "Add [FromBody] to the parameter, or [ApiController] to the controller. "
            + "Use [FromForm] for a form, or [FromQuery] for the URI query.");
    }

    private List<string> AcceptedBy(ParameterDescriptor[] bound, ParameterDescriptor? body)
    {
        if (body is null)
            return bound.Any(parameter => GetSource(parameter) == BindingSource.Form || GetSource(parameter) == BindingSource.FormFile)
                ? [.. FormTypes]
                : [];

        // A formatter that declares no media types may read anything.
        var formatters = services.GetRequiredService<IOptions<MvcOptions>>().Value.InputFormatters;
        if (formatters.Any(formatter =>
                formatter is not IApiRequestFormatMetadataProvider or InputFormatter { SupportedMediaTypes.Count: 0 }))
            return [];
        return [.. formatters
            .Cast<IApiRequestFormatMetadataProvider>()
            .SelectMany(formatter => formatter.GetSupportedContentTypes(null!, body.ParameterType) ?? [])
            .Where(type => MediaType.TryParse(type, out _))
            .Distinct()];
    }

    private static IEnumerable<string> GetMethods(ControllerActionDescriptor action) =>
        action.ActionConstraints?.OfType<HttpMethodActionConstraint>().SelectMany(constraint => constraint.HttpMethods) ?? [];

    private static BindingSource? GetSource(ParameterDescriptor parameter) => parameter.BindingInfo?.BindingSource;

    private static bool IsOptional(ParameterDescriptor body) => body switch
    {
        ControllerParameterDescriptor { ParameterInfo: var parameter } =>
            parameter.HasDefaultValue || new NullabilityInfoContext().Create(parameter).WriteState is NullabilityState.Nullable,
        ControllerBoundPropertyDescriptor { PropertyInfo: var property } =>
            new NullabilityInfoContext().Create(property).WriteState is NullabilityState.Nullable,
        _ => true,
    };

    private static bool IsForm(string type) => FormTypes.Contains(type, StringComparer.OrdinalIgnoreCase);

    // MVC reads types that it converts from a text, and lists of them, from the URI. The application's own binders decide by themselves.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Called by MVC alone, which needs untrimmed code itself.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called by MVC alone, which needs dynamic code itself.")]
    private bool IsLeftUnread(ParameterDescriptor parameter)
    {
        var provider = services.GetRequiredService<IModelMetadataProvider>();
        var metadata = (provider, parameter) switch
        {
            (ModelMetadataProvider known, ControllerParameterDescriptor { ParameterInfo: var info }) => known.GetMetadataForParameter(info),
            (ModelMetadataProvider known, ControllerBoundPropertyDescriptor { PropertyInfo: var info }) =>
                known.GetMetadataForProperty(info, info.PropertyType),
            _ => provider.GetMetadataForType(parameter.ParameterType),
        };
        if (!metadata.IsComplexType || metadata.BindingSource is not null || metadata.ElementMetadata is { IsComplexType: false })
            return false;

        var binder = services.GetRequiredService<IModelBinderFactory>()
            .CreateBinder(new() { Metadata = metadata, BindingInfo = parameter.BindingInfo, CacheToken = parameter });
        return binder.GetType() is var type
            && (type == typeof(ComplexObjectModelBinder)
                || (type.IsGenericType && type.Namespace == typeof(ComplexObjectModelBinder).Namespace));
    }
}
