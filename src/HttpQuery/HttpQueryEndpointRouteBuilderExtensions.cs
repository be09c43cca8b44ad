using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.ResponseBody;
using HttpQuery.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery;

/// <summary>Maps endpoints for QUERY requests (RFC 10008).</summary>
/// <remarks><c>MapMethods(pattern, [HttpMethods.Query], handler)</c> does the same; use it to bind parameters under native AOT.
/// All of them need <c>services.AddHttpQuery()</c>.</remarks>
public static partial class HttpQueryEndpointRouteBuilderExtensions
{
    private static readonly string[] Query = [HttpMethods.Query];

    /// <summary>Maps QUERY requests to a handler that writes the response itself.</summary>
    /// <param name="endpoints">The application or a route group.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="requestDelegate">Runs for each request that has a well-formed Content-Type.</param>
    /// <exception cref="InvalidOperationException"><c>AddHttpQuery</c> was not called.</exception>
    public static IEndpointConventionBuilder MapQuery(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, RequestDelegate requestDelegate)
    {
        Check(endpoints);
        return endpoints.MapMethods(pattern, Query, requestDelegate);
    }

    /// <summary>Maps QUERY requests to a handler with bound parameters: from the content, route, URI query or services.</summary>
    /// <param name="endpoints">The application or a route group.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="handler">Any handler that <c>MapPost</c> accepts.</param>
    /// <exception cref="InvalidOperationException"><c>AddHttpQuery</c> was not called.</exception>
    [RequiresUnreferencedCode(
        "Parameters are bound by reflection. Trimmed applications use MapMethods(pattern, [HttpMethods.Query], handler).")]
    [RequiresDynamicCode("Parameters are bound by generated code. Native AOT uses MapMethods(pattern, [HttpMethods.Query], handler).")]
    public static RouteHandlerBuilder MapQuery(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Delegate handler)
    {
        Check(endpoints);
        return endpoints.MapMethods(pattern, Query, handler);
    }

    /// <summary>Maps QUERY requests to a handler that takes the <see cref="HttpContext"/> and returns a result.</summary>
    /// <remarks>An <see cref="IResult"/> is executed, a string is written as text, and any other value as JSON with the application's
    /// <c>JsonOptions</c>. Without this overload C# would choose the <see cref="RequestDelegate"/> overload and lose the result.</remarks>
    /// <param name="endpoints">The application or a route group.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="handler">Runs for each request that has a well-formed Content-Type.</param>
    /// <exception cref="InvalidOperationException"><c>AddHttpQuery</c> was not called.</exception>
    [OverloadResolutionPriority(1)]
    public static RouteHandlerBuilder MapQuery<TResult>(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Func<HttpContext, Task<TResult>> handler)
    {
        Check(endpoints);
        ArgumentNullException.ThrowIfNull(handler);
        return RuntimeFeature.IsDynamicCodeSupported
            ? MapHandler(endpoints, pattern, handler)
            : MapWithoutFilters(endpoints, pattern, async context => await HandlerResultWriter.WriteAsync(context, await handler(context)));
    }

    // The framework's own path: endpoint filters get the result before it is written.
    [RequiresDynamicCode("Called only where dynamic code is supported.")]
    [UnconditionalSuppressMessage("Trimming", "IL2026",
        Justification = "The only parameter is the HttpContext: nothing is bound by reflection.")]
    private static RouteHandlerBuilder MapHandler(IEndpointRouteBuilder endpoints, string pattern, Delegate handler) =>
        endpoints.MapMethods(pattern, Query, handler);

    // Under native AOT the result is written here, so a filter would not see it. The error comes when routes are built, not later.
    private static RouteHandlerBuilder MapWithoutFilters(IEndpointRouteBuilder endpoints, string pattern, RequestDelegate handler)
    {
        var builder = endpoints.MapMethods(pattern, Query, handler);
        builder.Finally(endpoint =>
        {
            if (endpoint.FilterFactories.Count > 0)
                throw new InvalidOperationException(
                    $"Under native AOT, endpoint filters need MapMethods(\"{pattern}\", [HttpMethods.Query], handler).");
        });
        return new RouteHandlerBuilder([builder]);
    }

    private static void Check(IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (!endpoints.ServiceProvider.GetServices<MatcherPolicy>().OfType<QueryMatcherPolicy>().Any())
            throw new InvalidOperationException(
                "MapQuery needs the HttpQuery services. Call builder.Services.AddHttpQuery() before the application is built.");
    }
}
