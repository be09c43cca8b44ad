using HttpQuery.CacheKeys;
using HttpQuery.Diagnostics;
using HttpQuery.Endpoints;
using HttpQuery.Http;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Conditions;

/// <summary>Reads the content of a request ahead of the handler and computes the key of its query (§2.7).</summary>
internal static class QueryKeyReader
{
    /// <returns><see langword="null"/> if the content is longer than <paramref name="maximumLength"/>, or
    /// other code has begun to read it before.</returns>
    /// <exception cref="BadHttpRequestException">The content breaks off, arrives too slowly, or is longer than the server
    /// accepts.</exception>
    /// <exception cref="InvalidDataException">The coding of the content is broken.</exception>
    public static async ValueTask<QueryCacheKey?> ReadAsync(
        HttpContext context, QueryCacheKeyScheme scheme, int maximumLength, params IList<string> routingHeaders)
    {
        var normalizations = EndpointNormalizations.Get(context);
        var content = await BufferedContent.ReadAsync(context, maximumLength);
        if (content.IsCertain) return GetKey(context, scheme, content, normalizations, routingHeaders);

        if (!content.IsWhole && context.RequestServices.GetService<QueryTelemetry>() is { } telemetry)
            Log.ContentNotBuffered(telemetry.Logger, maximumLength);
        return null;
    }

    private static QueryCacheKey GetKey(
        HttpContext context, QueryCacheKeyScheme scheme, BufferedContent content,
        QueryNormalizations normalizations, IList<string> routingHeaders)
    {
        var request = context.Request;
        using var builder = scheme.CreateBuilder();
        builder.Start(HttpMethods.Query, request.Scheme, RequestTarget.GetAuthority(context), RequestTarget.Get(context));
        builder.SetNormalizations(normalizations);
        foreach (var (name, lines) in request.Headers)
        {
            foreach (var line in lines) builder.AddHeader(name, line);
        }
        foreach (var name in routingHeaders.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            foreach (var line in request.Headers[name]) builder.AddRoutingHeader(name, line);
        }
        return builder.Complete(content.Bytes.Span);
    }
}
