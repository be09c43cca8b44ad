using System.Reflection;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Mvc;

/// <summary>Hosts with controllers of their own, which need not be public and so are in no other host.</summary>
internal static class MvcBuilderExtensions
{
    /// <summary>Adds <paramref name="controller"/>, and none that MVC finds by itself.</summary>
    public static IMvcBuilder WithOnly(this IMvcBuilder builder, Type controller) => builder.ConfigureApplicationPartManager(parts =>
    {
        parts.FeatureProviders.Clear();
        parts.FeatureProviders.Add(new Only(controller));
    });

    private sealed class Only(Type controller) : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) => feature.Controllers.Add(controller.GetTypeInfo());
    }
}
