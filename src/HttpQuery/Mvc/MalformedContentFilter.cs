using HttpQuery.Internal;
using HttpQuery.Negotiation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Mvc;

/// <summary>Answers JSON content that MVC failed to bind as minimal APIs do: 400 with the position, and nothing of the content (§2.1).</summary>
/// <remarks>MVC's own answer repeats characters and names of the content, and without <c>[ApiController]</c> there is none: the action runs without its query.</remarks>
internal sealed class MalformedContentFilter(string? parameterName, Type type, bool optional) : IActionFilter, IOrderedFilter
{
    // One before the filter of [ApiController] that answers 400 to any invalid model.
    public int Order => -2001;

    public void OnActionExecuting(ActionExecutingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        if (context.HttpContext.Features.Get<RetainedContent>() is { } kept) kept.IsBound = true;
        // A model that was bound, and then found invalid, is for the application to judge.
        var http = context.HttpContext;
        if (context.ModelState.IsValid || !HttpMethods.IsQuery(http.Request.Method) || (parameterName is not null && context.ActionArguments.ContainsKey(parameterName))) return;

        // Whether a property was bound cannot be told, but for content that does not parse.
        var error = Locate(http, http.Features.Get<RetainedContent>()?.Content);
        if (error is not null || parameterName is not null) context.Result = new Answer(error ?? new(null, null));
    }

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }

    // Another charset is transcoded by a way that passes by the kept octets.
    private JsonError? Locate(HttpContext context, RetainingPipeReader? content)
    {
        if (content is not { WasRead: true } || !QueryContentTypes.IsUtf8(context.Request.ContentType)) return null;

        var octets = content.Retain();
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
        return content.IsTooLong ? null : JsonError.Find(octets, type, optional, options);
    }

    private sealed class Answer(JsonError error) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) => error.WriteAsync(context.HttpContext);
    }
}
