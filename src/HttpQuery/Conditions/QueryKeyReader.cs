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
    /// <summary>The headers that describe content (RFC 9110 §8).</summary>
    public static readonly string[] ContentHeaders = ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location"];

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

    /// <summary>Computes the key of a query from its target and content alone, as its equivalent resource repeats it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scheme">The key scheme.</param>
    /// <param name="content">All of the content.</param>
    /// <param name="normalizations">The differences that the key ignores.</param>
    /// <param name="isNormalized">Whether contents with another spelling or coding share the key.</param>
    /// <returns><see langword="null"/> if the request names no host.</returns>
    public static QueryCacheKey? GetContentKey(
        HttpContext context, QueryCacheKeyScheme scheme, ReadOnlySpan<byte> content, QueryNormalizations normalizations,
        out bool isNormalized)
    {
        isNormalized = false;
        var request = context.Request;
        var authority = RequestTarget.GetNormalizedAuthority(context);
        if (authority.Length == 0) return null;
        using var builder = scheme.CreateBuilder();
        builder.Start(HttpMethods.Query, request.Scheme, authority, RequestTarget.Get(context));
        builder.SetNormalizations(normalizations);
        foreach (var name in ContentHeaders)
        {
            foreach (var line in request.Headers[name]) builder.AddHeader(name, line);
        }
        var key = builder.Complete(content);
        isNormalized = builder.IsNormalized;
        return key;
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
