using System.Diagnostics.CodeAnalysis;
using HttpQuery.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Endpoints;

/// <summary>Decides whether an MVC action whose parameter is bound from JSON content can tell spellings of the content apart.</summary>
/// <remarks>Filters, model binders, value providers and formatters of the application run before the action. They may read the content, or
/// error messages, which name its position. If any of them is present, this class makes no claim.</remarks>
internal static class ActionBindingInspector
{
    /// <summary>Whether the action cannot tell spellings of its content apart.</summary>
    public static bool HidesSpelling(ControllerActionDescriptor action, IServiceProvider services)
    {
        ParameterDescriptor[] bound = [.. action.Parameters, .. action.BoundProperties];
        if (bound.Where(parameter => parameter.BindingInfo?.BindingSource == BindingSource.Body).ToArray()
                is not [ControllerParameterDescriptor body])
            return false;
        if (Array.Exists(bound,
                parameter => parameter.BindingInfo is { BinderType: not null }
                    || parameter.BindingInfo?.BindingSource == BindingSource.Custom))
            return false;

        var options = services.GetRequiredService<IOptions<MvcOptions>>().Value;
        return AreFrameworkTypes(options.ModelBinderProviders) && AreFrameworkTypes(options.ValueProviderFactories)
            && AreFrameworkTypes(services.GetServices<IFilterProvider>())
            && HaveNoOtherFilters(action) && ReadersHideSpelling(options.InputFormatters, body.ParameterType);
    }

    private static bool AreFrameworkTypes(IEnumerable<object> parts) => parts.All(part => FrameworkCode.Declares(part.GetType()));

    // Without the filter that AddHttpQuery adds, an action runs with the messages of binding errors.
    private static bool HaveNoOtherFilters(ControllerActionDescriptor action)
    {
        var filters = action.FilterDescriptors.Select(descriptor => descriptor.Filter).ToArray();
        return filters.Any(filter => filter is IBindingErrorFilter)
            && filters.All(IsFrameworkFilter) && !FiltersItself(action.ControllerTypeInfo);
    }

    private static bool IsFrameworkFilter(IFilterMetadata filter) =>
        FrameworkCode.Declares(filter.GetType()) && filter switch
        {
            TypeFilterAttribute made => FrameworkCode.Declares(made.ImplementationType),
            ServiceFilterAttribute made => FrameworkCode.Declares(made.ServiceType),
            MiddlewareFilterAttribute => false,
            _ => true,
        };

    // Controller is a filter that does nothing unless it is overridden.
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "Called for MVC alone, which needs untrimmed code itself.")]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Called for MVC alone, which needs untrimmed code itself.")]
    private static bool FiltersItself(Type controller)
    {
        if (!typeof(IFilterMetadata).IsAssignableFrom(controller)) return false;
        if (!typeof(Controller).IsAssignableFrom(controller)) return true;
        Type[] known = [typeof(IActionFilter), typeof(IAsyncActionFilter)];
        return controller.GetInterfaces().Any(type => type != typeof(IFilterMetadata) && typeof(IFilterMetadata).IsAssignableFrom(type)
                && !known.Contains(type))
            || known.Any(type => controller.GetInterfaceMap(type).TargetMethods.Any(method => method.DeclaringType != typeof(Controller)));
    }

    private static bool ReadersHideSpelling(IEnumerable<IInputFormatter> formatters, Type type)
    {
        var readsJson = false;
        foreach (var formatter in formatters)
        {
            if (formatter.GetType() == typeof(SystemTextJsonInputFormatter))
            {
                if (!JsonContractInspector.HidesSpelling(type, ((SystemTextJsonInputFormatter)formatter).SerializerOptions)) return false;
                readsJson = true;
            }
            else if (MayReadJson(formatter)) return false;
        }
        return readsJson;
    }

    // A formatter that chooses its content by itself may read anything.
    private static bool MayReadJson(IInputFormatter formatter) =>
        formatter is not InputFormatter known
        || (!FrameworkCode.Declares(formatter.GetType())
            && ((Func<InputFormatterContext, bool>)known.CanRead).Method.DeclaringType != typeof(InputFormatter))
        || known.SupportedMediaTypes.Any(MayBeJson);

    private static bool MayBeJson(string mediaType) =>
        !MediaType.TryParse(mediaType, out var type)
        || type.Type is "*" || type.Subtype is "*"
        || JsonMediaType.IsJson(mediaType)
        || type.Subtype.StartsWith("*+", StringComparison.Ordinal) && type.Suffix is null or "json";
}
