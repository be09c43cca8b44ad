using HttpQuery.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace HttpQuery.Mvc;

/// <summary>Lets QUERY pass <c>[AutoValidateAntiforgeryToken]</c>, in controllers and Razor Pages, as the other safe methods do (§2.1).</summary>
/// <remarks>The framework's own list of safe methods has GET, HEAD, OPTIONS and TRACE. <c>[ValidateAntiForgeryToken]</c>, which asks for a token whatever the method, is
/// left alone. To go when the framework counts QUERY as safe.</remarks>
internal sealed class SafeMethodFilterProvider : IFilterProvider
{
    private static readonly FilterDescriptor NoToken = new(new IgnoreAntiforgeryTokenAttribute(), FilterScope.Last);

    // After the framework's own, which makes the filters.
    public int Order => 0;

    public void OnProvidersExecuting(FilterProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!HttpMethods.IsQuery(context.ActionContext.HttpContext.Request.Method) || RequestAsSent.WasPosted(context.ActionContext.HttpContext)) return;

        // Of several antiforgery policies the last one holds.
        var policy = context.Results.LastOrDefault(item => item.Filter is IAntiforgeryPolicy);
        if (policy?.Descriptor.Filter is AutoValidateAntiforgeryTokenAttribute)
            context.Results.Add(new FilterItem(NoToken, NoToken.Filter) { IsReusable = true });
    }

    public void OnProvidersExecuted(FilterProviderContext context)
    {
    }
}
