using System.Diagnostics.Metrics;
using HttpQuery;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Endpoints;
using HttpQuery.Identity;
using HttpQuery.SharedCache;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what the shared cache needs.</summary>
public static class HttpQueryCacheServiceCollectionExtensions
{
    /// <summary>Registers the shared cache that <c>UseHttpQueryCache</c> puts into the pipeline, and <see cref="QueryCache"/>, by which code evicts: <c>EvictAsync</c>, <c>EvictByTagAsync</c>.</summary>
    /// <remarks>It keeps responses in memory, unless an <see cref="IQueryCacheStore"/> is registered. Options come from the configuration section <c>HttpQuery:Cache</c>, then from
    /// <paramref name="configure"/>.</remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    public static IServiceCollection AddHttpQueryCache(this IServiceCollection services, Action<HttpQueryCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        // Bound and checked once, as AddHttpQuery's are.
        var options = services.AddOptions<HttpQueryCacheOptions>();
        var isFirst = !services.Any(service => service.ServiceType == typeof(CachePosition));
        if (isFirst) options.BindConfiguration("HttpQuery:Cache");
        if (configure is not null) options.Configure(configure);
        if (!isFirst) return services;

        services.AddMetrics();
        services.TryAddSingleton<QueryCacheKeyScheme>();
        services.TryAddSingleton(RulesOf);
        services.TryAddSingleton<IQueryCacheStore>(provider =>
        {
            var options = OptionsOf(provider);
            return new MemoryCacheStore(options.MaximumSize, options.MaximumCount, provider.GetService<TimeProvider>());
        });
        services.TryAddSingleton(CreateCache);
        IdentityWatchServices.Add(services);
        services.TryAddSingleton<CachePosition>();
        services.TryAddSingleton<CacheWarnings>();
        services.TryAddSingleton<BackgroundRequests>();
        services.AddHostedService<CachePipelineCheck>();
        options
            .Validate(o => o.Name is not null && !o.Name.AsSpan().ContainsAnyExceptInRange(' ', '~'), "HttpQuery:Cache:Name must be printable ASCII.")
            .Validate(o => o.MaximumSize > 0, "HttpQuery:Cache:MaximumSize must be positive, in bytes.")
            .Validate(o => o.MaximumCount > 0, "HttpQuery:Cache:MaximumCount must be positive.")
            .Validate(o => o.MaximumContentLength is >= 0 and <= 1024 * 1024 * 1024, "HttpQuery:Cache:MaximumContentLength must be between 0 and 1073741824 bytes.")
            .Validate(o => o.MaximumResponseLength is >= 0 and <= 1024 * 1024 * 1024, "HttpQuery:Cache:MaximumResponseLength must be between 0 and 1073741824 bytes.")
            .Validate(o => o.MaximumMemoSize >= 0, "HttpQuery:Cache:MaximumMemoSize must be 0 bytes or more.")
            .Validate(o => o.MaximumPendingSize >= 1024 * 1024, "HttpQuery:Cache:MaximumPendingSize must be 1048576 bytes or more.")
            .Validate(o => IsWait(o.FollowerTimeout), "HttpQuery:Cache:FollowerTimeout must not be negative, and at most a day.")
            .Validate(o => IsWait(o.StoreTimeout) && o.StoreTimeout > TimeSpan.Zero, "HttpQuery:Cache:StoreTimeout must be positive and at most a day.")
            .Validate(o => IsWait(o.CollapseTimeout), "HttpQuery:Cache:CollapseTimeout must not be negative, and at most a day.")
            .Validate(o => IsWait(o.RevalidationTimeout) && o.RevalidationTimeout > TimeSpan.Zero, "HttpQuery:Cache:RevalidationTimeout must be positive and at most a day.")
            .Validate(o => o.MaximumStaleWhenDisconnected >= TimeSpan.Zero, "HttpQuery:Cache:MaximumStaleWhenDisconnected must not be negative.")
            .Validate(o => o.CredentialHeaders.All(IsHeaderName), "HttpQuery:Cache:CredentialHeaders must be names of headers, such as X-Api-Key.")
            .Validate(o => o.RoutingHeaders.All(IsHeaderName), "HttpQuery:Cache:RoutingHeaders must be names of headers, such as X-Forwarded-Host.")
            .Validate(o => EndpointNormalizations.AreValid(o.Normalizations), "HttpQuery:Cache:Normalizations has an unknown flag.")
            .ValidateOnStart();
        return services;
    }

    private static QueryCache CreateCache(IServiceProvider provider)
    {
        var options = OptionsOf(provider);
        return new(
            new()
            {
                Rules = provider.GetRequiredService<CacheRuleOptions>(),
                Keys = provider.GetRequiredService<QueryCacheKeyScheme>(),
                Name = options.Name is { Length: > 0 } name ? name : HttpQueryCacheOptions.DefaultName,
                SendsCacheStatus = options.Name.Length > 0,
                RoutingHeaders = [.. options.RoutingHeaders.Distinct(StringComparer.OrdinalIgnoreCase)],
                MaximumResponseLength = options.MaximumResponseLength,
                MaximumPendingSize = options.MaximumPendingSize,
                MaximumMemoSize = options.MaximumMemoSize,
                StoreTimeout = options.StoreTimeout,
                CollapseTimeout = options.CollapseTimeout,
                FollowerTimeout = options.FollowerTimeout,
            },
            provider.GetRequiredService<IQueryCacheStore>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetService<IMeterFactory>());
    }

    private static CacheRuleOptions RulesOf(IServiceProvider provider)
    {
        var options = OptionsOf(provider);
        return new()
        {
            Mode = CacheMode.Shared,
            AllowHeuristicFreshness = options.AllowHeuristicFreshness,
            ShareSetCookie = options.ShareSetCookie,
            CredentialHeaders = [.. options.CredentialHeaders],
            ShareOnMustRevalidate = options.ShareOnMustRevalidate,
            MaximumStaleWhenDisconnected = options.MaximumStaleWhenDisconnected,
        };
    }

    private static HttpQueryCacheOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value;

    private static bool IsHeaderName(string name) => VaryRules.TryParse(name, out var names) && names.Count == 1;

    private static bool IsWait(TimeSpan time) => time >= TimeSpan.Zero && time <= TimeSpan.FromDays(1);
}
