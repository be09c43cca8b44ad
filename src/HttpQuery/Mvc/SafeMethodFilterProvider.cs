using HttpQuery.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace HttpQuery.Mvc;

/// <summary>Decides whether <c>[AutoValidateAntiforgeryToken]</c>, in controllers and Razor Pages, asks a QUERY for a token. A
/// request that was sent as QUERY needs none, because the method is safe (§2.1). A request that was sent as POST needs one,
/// because another site may have posted it.</summary>
/// <remarks>.NET 10 asks every QUERY for a token, .NET 11 none. <c>[ValidateAntiForgeryToken]</c>, <c>[IgnoreAntiforgeryToken]</c> and the
/// application's own policies do not depend on the method, and stay unchanged.</remarks>
internal sealed class SafeMethodFilterProvider : IFilterProvider
{
    private static readonly AutoValidateAntiforgeryTokenAttribute ByMethod = new();
    private static readonly FilterDescriptor NoToken = new(new IgnoreAntiforgeryTokenAttribute(), FilterScope.Last);
    private static readonly FilterDescriptor Token = new(new ValidateAntiForgeryTokenAttribute(), FilterScope.Last);

    // On the way back, providers run from the highest order to the lowest.
    public int Order => int.MinValue;

    public void OnProvidersExecuting(FilterProviderContext context)
    {
    }

    // Not earlier: in Razor Pages, providers run in order of registration, and there are no filters until the framework's own provider has
    // run.
    public void OnProvidersExecuted(FilterProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var http = context.ActionContext.HttpContext;
        if (!HttpMethods.IsQuery(http.Request.Method)) return;

        // Of several antiforgery policies, the last one applies.
        if (context.Results.LastOrDefault(item => item.Filter is IAntiforgeryPolicy) is not { Filter: { } policy }
                || !IsByMethod(policy, http.RequestServices))
            return;

        var descriptor = PostedRequestFeature.WasPosted(http) ? Token : NoToken;
        var filter = descriptor.Filter is IFilterFactory factory ? factory.CreateInstance(http.RequestServices) : descriptor.Filter;
        context.Results.Add(new FilterItem(descriptor, filter) { IsReusable = true });
    }

    // Compares the filter itself, because an attribute, a type filter or a factory of the
    // application may have created it. Its type is not public.
    private static bool IsByMethod(IFilterMetadata policy, IServiceProvider services) =>
        policy.GetType().Assembly == typeof(AutoValidateAntiforgeryTokenAttribute).Assembly
        && policy is not IgnoreAntiforgeryTokenAttribute
        && policy.GetType() == ByMethod.CreateInstance(services).GetType();
}
