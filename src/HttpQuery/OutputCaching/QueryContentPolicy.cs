using HttpQuery.CacheKeys;
using HttpQuery.Conditions;
using HttpQuery.Diagnostics;
using HttpQuery.Endpoints;
using HttpQuery.Equivalents;
using HttpQuery.Identity;
using HttpQuery.Problems;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.OutputCaching;

/// <summary>Enables output caching for QUERY (§2.7), and excludes what it would answer or store wrongly (docs/output-caching.md).</summary>
internal sealed class QueryContentPolicy(
    IOptions<HttpQueryOptions> options, IOptions<HttpQueryCacheOptions> sharedOptions, IOptions<OutputCacheOptions> cacheOptions,
    ILoggerFactory loggers, QueryCacheKeyScheme? scheme = null) : IOutputCachePolicy
{
    // No policy of the application would use this name: a later value replaces an earlier one.
    private const string ValueName = "HttpQuery: content";

    private readonly QueryCacheKeyScheme _scheme = scheme ?? new();
    private readonly ILogger _logger = loggers.CreateLogger("HttpQuery");

    public async ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellationToken)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsQuery(http.Request.Method)) return;

        // No locking: if the first of the waiting requests fails, or its client leaves, all of them fail.
        context.EnableOutputCaching = true;
        context.AllowCacheLookup = context.AllowCacheStorage = context.AllowLocking = false;

        var query = http.Features.Get<OutputCacheKeyFeature>();
        if (query is null) http.Features.Set(query = await ReadAsync(context));
        if (query.Key is not { } key) return;

        context.CacheVaryByRules.VaryByValues[ValueName] = key.ToString();
        context.AllowCacheLookup = !RequestCacheability.RequiresNewResponse(http.Request);
        context.AllowCacheStorage = true;

        // The watch ends with the request: policies are not told when the endpoint has run.
        if (http.Features.Get<IdentityWatch>() is null) IdentityWatch.Begin(http);
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellationToken)
    {
        if (EquivalentRequest.Get(context.HttpContext) is { } equivalent) equivalent.IsVerified = true;
        return default;
    }

    public async ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellationToken)
    {
        if (!context.AllowCacheStorage || context.HttpContext.Features.Get<OutputCacheKeyFeature>() is not { Key: not null } query) return;

        var response = context.HttpContext.Response;
        if (response.StatusCode is StatusCodes.Status200OK && !response.HasStarted)
        {
            // Headers, such as Vary, are added until the response starts. It may wait in a writer, or in middleware that encodes it.
            await response.BodyWriter.FlushAsync(cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }

        // Content that can be read again shows its exact spelling, which the normalized key may ignore.
        if (EndpointNormalizations.Get(context.HttpContext) != query.Normalizations)
        {
            context.AllowCacheStorage = false;
            Log.NotStoredByOutputCaching(_logger, "its content can be read again");
            return;
        }
        if (ResponseCacheability.FindObstacle(
            context,
            context.ResponseExpirationTimeSpan ?? cacheOptions.Value.DefaultExpirationTimeSpan,
            sharedOptions.Value.CredentialHeaders) is not { } obstacle)
            return;
        context.AllowCacheStorage = false;
        Log.NotStoredByOutputCaching(_logger, obstacle);
    }

    private async ValueTask<OutputCacheKeyFeature> ReadAsync(OutputCacheContext context)
    {
        if (RequestCacheability.FindObstacle(context, sharedOptions.Value.CredentialHeaders) is { } obstacle) return Bypass(obstacle);
        var http = context.HttpContext;
        var normalizations = EndpointNormalizations.Get(http);
        try
        {
            if (EquivalentRequest.Get(http) is { } equivalent && !await StandsForAsync(http, equivalent))
                return Bypass("it asks for a stored result, or for a query of another host");
            var key = await QueryKeyReader.ReadAsync(
                http, _scheme, options.Value.MaximumBufferedContentLength, sharedOptions.Value.RoutingHeaders);
            return key is null
                ? Bypass("its content is too long, or was read before it reached the cache")
                : new(QueryVariantKey.Create(key.Value, context), normalizations);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException && http.GetEndpoint() is not null)
        {
            // If thrown here, the exception would become a 500 wherever an exception handler runs before this middleware.
            http.SetEndpoint(CreateErrorEndpoint(http.GetEndpoint()!, exception));
            return Bypass("its content cannot be read");
        }
    }

    // The endpoint checks the same. A hit must not be faster than that check.
    private async ValueTask<bool> StandsForAsync(HttpContext context, EquivalentRequest request)
    {
        var content = await BufferedContent.ReadAsync(context, options.Value.MaximumBufferedContentLength);
        return content.IsCertain
            && context.RequestServices.GetRequiredService<EquivalentResources>().StandsFor(request, context, content.Bytes);
    }

    private OutputCacheKeyFeature Bypass(string obstacle)
    {
        Log.BypassesOutputCaching(_logger, obstacle);
        return new(Key: null);
    }

    private static Endpoint CreateErrorEndpoint(Endpoint endpoint, Exception exception) => endpoint is RouteEndpoint route
        ? new RouteEndpoint(
            context => UnreadableContentProblem.TryWrite(context, exception)!,
            route.RoutePattern, route.Order, route.Metadata, route.DisplayName)
        : new Endpoint(context => UnreadableContentProblem.TryWrite(context, exception)!, endpoint.Metadata, endpoint.DisplayName);
}
