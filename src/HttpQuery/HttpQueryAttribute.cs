using System.Diagnostics.CodeAnalysis;
using HttpQuery.Diagnostics;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery;

/// <summary>Marks an MVC action that answers QUERY requests (RFC 10008).</summary>
/// <remarks>With <c>[ApiController]</c> a parameter of a complex type is bound from the content. Without it, add
/// <c>[FromBody]</c> (JSON) or <c>[FromForm]</c>; otherwise MVC would leave the content unread, and the application does not
/// start. The attribute needs <c>services.AddHttpQuery()</c>.</remarks>
/// <example><code>
/// [ApiController, Route("/rfcs")]
/// public class RfcsController : ControllerBase
/// {
///     [HttpQuery]
///     public IEnumerable&lt;Rfc> Search(RfcQuery query) => ...
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public class HttpQueryAttribute : HttpMethodAttribute, IFilterFactory
{
    private static readonly string[] Methods = [Microsoft.AspNetCore.Http.HttpMethods.Query];

    /// <summary>Uses the route of the controller.</summary>
    public HttpQueryAttribute()
        : base(Methods)
    {
    }

    /// <summary>Uses a route of its own.</summary>
    /// <param name="template">The route template.</param>
    /// <exception cref="ArgumentNullException"><paramref name="template"/> is <see langword="null"/>.</exception>
    public HttpQueryAttribute([StringSyntax("Route")] string template)
        : base(Methods, template) => ArgumentNullException.ThrowIfNull(template);

    bool IFilterFactory.IsReusable => true;

    // MVC gives an attribute access to the services only here: the first request reports missing services, as MapQuery does when it is
    // called.
    IFilterMetadata IFilterFactory.CreateInstance(IServiceProvider serviceProvider) =>
        serviceProvider.GetService<QueryTelemetry>() is not null
            ? NoFilter.Instance
            : throw new InvalidOperationException(
                "[HttpQuery] needs the HttpQuery services. Call builder.Services.AddHttpQuery() before the application is built.");

    private sealed class NoFilter : IFilterMetadata
    {
        public static readonly NoFilter Instance = new();
    }
}
