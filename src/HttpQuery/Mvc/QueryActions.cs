using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using HttpQuery.Negotiation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Mvc;

/// <summary>Gives MVC actions that answer QUERY what minimal API endpoints have: the media types they accept, and a 400 with the position of an
/// error. Refuses actions whose content MVC would leave unread.</summary>
internal sealed class QueryActions(IOptions<HttpQueryOptions> options, IServiceProvider services) : IConfigureOptions<MvcOptions>, IApplicationModelConvention
{
    private static readonly string[] FormTypes = ["application/x-www-form-urlencoded", "multipart/form-data"];

    private MvcOptions? _mvc;

    public void Configure(MvcOptions mvc)
    {
        _mvc = mvc;
        mvc.Conventions.Add(this);
    }

    public void Apply(ApplicationModel application)
    {
        foreach (var action in application.Controllers.SelectMany(controller => controller.Actions))
        {
            var selectors = action.Selectors.Where(selector => MethodsOf(selector).Any(HttpMethods.IsQuery)).ToArray();
            if (selectors.Length > 0) Apply(action, selectors);
        }
    }

    private void Apply(ActionModel action, SelectorModel[] selectors)
    {
        var consumed = action.Filters.Concat(action.Controller.Filters).OfType<ConsumesAttribute>().FirstOrDefault()?.ContentTypes;
        foreach (var parameter in action.Parameters) Check(action, parameter, consumed);

        var body = action.Parameters.FirstOrDefault(parameter => SourceOf(parameter) == BindingSource.Body);
        if (body is not null) action.Filters.Add(new MalformedContentFilter(body.ParameterName, body.ParameterType, IsOptional(body)));

        foreach (var selector in selectors)
        {
            if (body is not null) selector.EndpointMetadata.Add(new BoundAction(options.Value.MaximumLocatedContentLength));

            // An action that answers other methods too is left to MVC: what is said here would hold for them as well.
            if (consumed is null && MethodsOf(selector).All(HttpMethods.IsQuery) && AcceptedBy(action, body) is { Count: > 0 } types)
                selector.EndpointMetadata.Add(new AcceptsMetadata([.. types], body?.ParameterType));
        }
    }

    // Without [ApiController], MVC looks for a complex parameter in the URI query and in forms, and ignores JSON.
    private void Check(ActionModel action, ParameterModel parameter, MediaTypeCollection? consumed)
    {
        if (SourceOf(parameter) is not null || IsSimple(parameter) || consumed?.All(IsForm) is true) return;
        throw new InvalidOperationException(
            $"'{action.ActionMethod.DeclaringType}.{action.ActionMethod.Name}' answers QUERY, but MVC would not read its content into the parameter '{parameter.ParameterName}': "
            + "add [FromBody] to the parameter, or [ApiController] to the controller; [FromForm] for a form alone, [FromQuery] for the URI query.");
    }

    private List<string> AcceptedBy(ActionModel action, ParameterModel? body)
    {
        if (body is not null)
        {
            return [.. _mvc!.InputFormatters
                .OfType<IApiRequestFormatMetadataProvider>()
                .SelectMany(formatter => formatter.GetSupportedContentTypes(null!, body.ParameterType) ?? [])
                .Where(type => MediaType.TryParse(type, out _))
                .Distinct()];
        }
        return action.Parameters.Any(parameter => SourceOf(parameter) == BindingSource.Form || SourceOf(parameter) == BindingSource.FormFile) ? [.. FormTypes] : [];
    }

    private static IEnumerable<string> MethodsOf(SelectorModel selector) =>
        selector.ActionConstraints.OfType<HttpMethodActionConstraint>().SelectMany(constraint => constraint.HttpMethods);

    private static BindingSource? SourceOf(ParameterModel parameter) => parameter.BindingInfo?.BindingSource;

    private static bool IsOptional(ParameterModel body) =>
        body.ParameterInfo.HasDefaultValue || new NullabilityInfoContext().Create(body.ParameterInfo).WriteState is NullabilityState.Nullable;

    private static bool IsForm(string type) => FormTypes.Contains(type, StringComparer.OrdinalIgnoreCase);

    // What MVC converts from a text, and lists of it.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Called by MVC alone, which needs untrimmed code itself.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called by MVC alone, which needs dynamic code itself.")]
    private bool IsSimple(ParameterModel parameter)
    {
        var type = services.GetRequiredService<IModelMetadataProvider>().GetMetadataForType(parameter.ParameterType);
        return !type.IsComplexType || type.ElementMetadata is { IsComplexType: false };
    }
}
