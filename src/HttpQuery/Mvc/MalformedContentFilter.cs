using System.Reflection;
using HttpQuery.Endpoints;
using HttpQuery.Http;
using HttpQuery.Negotiation;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Mvc;

/// <summary>Responds as minimal APIs do to JSON content that MVC failed to bind: 400 with the
/// position, and none of the content (§2.1).</summary>
/// <remarks>MVC's own response repeats characters and names of the content. Without <c>[ApiController]</c> there is no such
/// response: the action runs without its query.</remarks>
internal sealed class MalformedContentFilter(ParameterDescriptor body, bool optional) : IActionFilter, IOrderedFilter, IBindingErrorFilter
{
    private readonly PropertyInfo? _property = (body as ControllerBoundPropertyDescriptor)?.PropertyInfo;

    // One before the filter of [ApiController] that sends 400 for any invalid model.
    public int Order => -2001;

    public void OnActionExecuting(ActionExecutingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        var http = context.HttpContext;
        var retained = http.Features.Get<RetainedContentFeature>();
        if (retained is not null) retained.IsBound = true;

        // The application judges a model that was bound and then found invalid.
        if (context.ModelState.IsValid || !HttpMethods.IsQuery(http.Request.Method)
                || (_property is null && context.ActionArguments.ContainsKey(body.Name)))
            return;

        var (isRead, error) = Locate(http, retained?.Content);

        // A property is known to be unbound only if it still has no value.
        if (error is null && _property is not null && (isRead || _property.GetValue(context.Controller) is not null)) return;
        context.Result = new ErrorResult(error ?? new(null, null));
    }

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }

    // Another charset is transcoded on a path that bypasses the kept bytes.
    private (bool IsRead, JsonError? Error) Locate(HttpContext context, RetainingPipeReader? content)
    {
        if (content is not { WasRead: true } || !JsonMediaType.IsUtf8(context.Request.ContentType)) return (false, null);

        var bytes = content.Retain();
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
        return content.IsTooLong ? (false, null) : (true, JsonError.Find(bytes, body.ParameterType, optional, options));
    }

    private sealed class ErrorResult(JsonError error) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) => error.WriteAsync(context.HttpContext);
    }
}
