using HttpQuery.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace HttpQuery.Mvc;

/// <summary>Decides whether <c>[AutoValidateAntiforgeryToken]</c>, in controllers and Razor Pages, asks a QUERY for a token: not one that was sent as QUERY, because the
/// method is safe (§2.1), but one that was sent as POST, because another site may have posted it.</summary>
/// <remarks>.NET 10 asks every QUERY, .NET 11 none. <c>[ValidateAntiForgeryToken]</c>, <c>[IgnoreAntiforgeryToken]</c> and policies of the application's own do not
/// depend on the method, and are left alone.</remarks>
internal sealed class SafeMethodFilterProvider : IFilterProvider
{
    private static readonly AutoValidateAntiforgeryTokenAttribute ByMethod = new();
    private static readonly FilterDescriptor NoToken = new(new IgnoreAntiforgeryTokenAttribute(), FilterScope.Last);
    private static readonly FilterDescriptor Token = new(new ValidateAntiForgeryTokenAttribute(), FilterScope.Last);

    // The way back is from the highest order to the lowest.
    public int Order => int.MinValue;

    public void OnProvidersExecuting(FilterProviderContext context)
    {
    }

    // Not before: in Razor Pages providers run in the order of their registration, and until the framework's own has run there are no filters to look at.
    public void OnProvidersExecuted(FilterProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var http = context.ActionContext.HttpContext;
        if (!HttpMethods.IsQuery(http.Request.Method)) return;

        // Of several antiforgery policies the last one holds.
        if (context.Results.LastOrDefault(item => item.Filter is IAntiforgeryPolicy) is not { Filter: { } policy } || !IsByMethod(policy, http.RequestServices)) return;

        var descriptor = RequestAsSent.WasPosted(http) ? Token : NoToken;
        context.Results.Add(new FilterItem(descriptor, descriptor.Filter is IFilterFactory factory ? factory.CreateInstance(http.RequestServices) : descriptor.Filter) { IsReusable = true });
    }

    // By the filter itself: an attribute, a type filter and a factory of the application's own can all have made it. Its type is not public.
    private static bool IsByMethod(IFilterMetadata policy, IServiceProvider services) =>
        policy.GetType().Assembly == typeof(AutoValidateAntiforgeryTokenAttribute).Assembly
        && policy is not IgnoreAntiforgeryTokenAttribute
        && policy.GetType() == ByMethod.CreateInstance(services).GetType();
}
