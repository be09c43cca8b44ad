using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace HttpQuery.Tests.Mvc;

/// <summary>An application's own way to say <c>[FromBody]</c>: of one parameter, or of all that there are.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class FromContentAttribute : Attribute, IParameterModelConvention, IApplicationModelConvention
{
    public void Apply(ParameterModel parameter) => (parameter.BindingInfo ??= new()).BindingSource = BindingSource.Body;

    public void Apply(ApplicationModel application)
    {
        foreach (var parameter in application.Controllers.SelectMany(controller => controller.Actions).SelectMany(action => action.Parameters)) Apply(parameter);
    }
}
