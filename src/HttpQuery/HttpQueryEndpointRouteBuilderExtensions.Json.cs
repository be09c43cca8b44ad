using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using HttpQuery.Endpoints;
using HttpQuery.Negotiation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery;

// Typed queries without reflection: for native AOT, and for types that have their own serialization metadata.
public static partial class HttpQueryEndpointRouteBuilderExtensions
{
    /// <summary>Maps QUERY requests with JSON content to a handler that takes the query and returns the value to send as JSON.</summary>
    /// <remarks>Safe for native AOT. Content that does not parse as <typeparamref name="TQuery"/>, or is JSON <c>null</c>, gets
    /// 400 with its position (RFC 10008 §2.1).</remarks>
    /// <param name="endpoints">The application or a route group.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="handler">Runs for each query.</param>
    /// <param name="queryTypeInfo">Metadata for reading the content, from a <c>JsonSerializerContext</c>.</param>
    /// <param name="resultTypeInfo">Metadata for writing the result, from a <c>JsonSerializerContext</c>.</param>
    /// <exception cref="InvalidOperationException"><c>AddHttpQuery</c> was not called.</exception>
    public static RouteHandlerBuilder MapQuery<TQuery, TResult>(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Func<TQuery, HttpContext, Task<TResult>> handler,
        JsonTypeInfo<TQuery> queryTypeInfo,
        JsonTypeInfo<TResult> resultTypeInfo)
        where TQuery : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(resultTypeInfo);
        return MapJson(endpoints, pattern, queryTypeInfo,
                async (query, context) => TypedResults.Json(await handler(query, context), resultTypeInfo))
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(TResult), ["application/json"]));
    }

    /// <summary>Maps QUERY requests with JSON content to a handler that takes the query and returns a result, for example
    /// <see cref="QueryResults.UnprocessableQuery"/>.</summary>
    /// <remarks>Safe for native AOT. Content that does not parse as <typeparamref name="TQuery"/>, or is JSON <c>null</c>, gets
    /// 400 with its position (RFC 10008 §2.1).</remarks>
    /// <param name="endpoints">The application or a route group.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="handler">Runs for each query.</param>
    /// <param name="queryTypeInfo">Metadata for reading the content, from a <c>JsonSerializerContext</c>.</param>
    /// <exception cref="InvalidOperationException"><c>AddHttpQuery</c> was not called.</exception>
    public static RouteHandlerBuilder MapQuery<TQuery>(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Func<TQuery, HttpContext, Task<IResult>> handler,
        JsonTypeInfo<TQuery> queryTypeInfo)
        where TQuery : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        return MapJson(endpoints, pattern, queryTypeInfo, handler);
    }

    private static RouteHandlerBuilder MapJson<TQuery>(
        IEndpointRouteBuilder endpoints, string pattern, JsonTypeInfo<TQuery> queryTypeInfo,
        Func<TQuery, HttpContext, Task<IResult>> handler)
        where TQuery : notnull
    {
        ArgumentNullException.ThrowIfNull(queryTypeInfo);
        var builder = endpoints.MapQuery(pattern, InvokeAsync).WithMetadata(new AcceptsMetadata(["application/json"], typeof(TQuery)));

        // The handler reads the content, so an endpoint filter of the application runs before it is read.
        builder.Finally(endpoint =>
        {
            if (endpoint.FilterFactories.All(FrameworkCode.BuiltFilter)) endpoint.Metadata.Add(new JsonQueryMetadata(queryTypeInfo));
        });
        return builder;

        async Task<IResult> InvokeAsync(HttpContext context)
        {
            var (query, problem) = await JsonQueryReader.ReadAsync(context, queryTypeInfo);
            return problem ?? await handler(query!, context);
        }
    }
}
