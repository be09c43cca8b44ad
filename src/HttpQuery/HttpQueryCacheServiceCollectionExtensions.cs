using System.Diagnostics.Metrics;
using HttpQuery;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Identity;
using HttpQuery.SharedCache;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the services of the shared cache.</summary>
public static class HttpQueryCacheServiceCollectionExtensions
{
    /// <summary>Registers the shared cache for <c>UseHttpQueryCache</c>, and <see cref="QueryCache"/>, which evicts entries from code:
    /// <c>EvictAsync</c>, <c>EvictByTagAsync</c>.</summary>
    /// <remarks>Responses are stored in memory, unless an <see cref="IQueryCacheStore"/> is registered. Options come from the configuration
    /// section <c>HttpQuery:Cache</c>, then from <paramref name="configure"/>.</remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    public static IServiceCollection AddHttpQueryCache(this IServiceCollection services, Action<HttpQueryCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        // Bound and checked once, as in AddHttpQuery.
        var options = services.AddOptions<HttpQueryCacheOptions>();
        var isFirst = !services.Any(service => service.ServiceType == typeof(PipelineOrderCheck));
        if (isFirst) options.BindConfiguration(HttpQueryCacheOptions.Section);
        if (configure is not null) options.Configure(configure);
        if (!isFirst) return services;

        services.AddMetrics();
        services.TryAddSingleton(HttpQueryServiceCollectionExtensions.CreateKeyScheme);
        services.TryAddSingleton<IQueryCacheStore>(provider => GetOptions(provider).CreateMemoryStore(provider.GetService<TimeProvider>()));
        services.TryAddSingleton(CreateCache);
        IdentityWatchRegistration.Add(services);
        services.TryAddSingleton<PipelineOrderCheck>();
        services.TryAddSingleton<CacheWarnings>();
        services.TryAddSingleton<BackgroundRevalidator>();
        services.AddHostedService<CacheStartupCheck>();
        services.AddSingleton<IValidateOptions<HttpQueryCacheOptions>, HttpQueryCacheOptions.Validation>();
        options.ValidateOnStart();
        return services;
    }

    private static QueryCache CreateCache(IServiceProvider provider) =>
        new(
            GetOptions(provider).ToEngineOptions(
                CacheMode.Shared, HttpQueryCacheOptions.DefaultName, provider.GetRequiredService<QueryCacheKeyScheme>()),
            provider.GetRequiredService<IQueryCacheStore>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetService<IMeterFactory>());

    private static HttpQueryCacheOptions GetOptions(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value;
}
