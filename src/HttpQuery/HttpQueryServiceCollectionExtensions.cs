using HttpQuery;
using HttpQuery.CacheKeys;
using HttpQuery.Diagnostics;
using HttpQuery.Endpoints;
using HttpQuery.Equivalents;
using HttpQuery.Identity;
using HttpQuery.Mvc;
using HttpQuery.Negotiation;
using HttpQuery.Pipeline;
using HttpQuery.Routing;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the services of QUERY endpoints (RFC 10008).</summary>
public static class HttpQueryServiceCollectionExtensions
{
    /// <summary>Applies the rules of RFC 10008 to every endpoint that accepts QUERY, however it was mapped.</summary>
    /// <remarks>Paths with a QUERY endpoint then send <c>Accept-Query</c> and answer OPTIONS. They reject a missing or malformed
    /// <c>Content-Type</c> with 400, one that is not accepted with 415, and other methods with 405. Other paths are not affected. Options
    /// come from the configuration section <c>HttpQuery</c>, then from <paramref name="configure"/>.</remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddHttpQuery(this IServiceCollection services, Action<HttpQueryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        // Options are bound and checked once, however often this is called: a second binding would undo
        // values set in code, and each error would appear twice.
        var options = services.AddOptions<HttpQueryOptions>();
        var isFirst = !services.Any(service => service.ServiceType == typeof(QueryTelemetry));
        if (isFirst) options.BindConfiguration("HttpQuery");
        if (configure is not null) options.Configure(configure);
        if (!isFirst) return services;

        services.AddRoutingCore();
        services.AddMetrics();
        IdentityWatchRegistration.Add(services);
        services.TryAddSingleton<QueryTelemetry>();
        services.TryAddSingleton(CreateKeyScheme);
        services.TryAddSingleton<EquivalentResources>();
        services.TryAddSingleton<ResponseSharing>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<MatcherPolicy, QueryMatcherPolicy>(),
            ServiceDescriptor.Singleton<IStartupFilter, EquivalentResourceStartupFilter>(),
            ServiceDescriptor.Singleton<IStartupFilter, OriginalRequestStartupFilter>(),
            ServiceDescriptor.Singleton<IHostedService, EquivalentStartupCheck>(),
            ServiceDescriptor.Singleton<IValidateOptions<HttpQueryOptions>, LocationOptionsValidation>(),
            ServiceDescriptor.Singleton<IExceptionHandler, UnreadableContentExceptionHandler>(),
            ServiceDescriptor.Singleton<IHttpLoggingInterceptor, QueryLoggingInterceptor>(),
            ServiceDescriptor.Singleton<IActionDescriptorProvider, QueryActionDescriptorProvider>(),
            ServiceDescriptor.Singleton<IHostedService, QueryActionStartupCheck>(),
            ServiceDescriptor.Singleton<IFilterProvider, SafeMethodFilterProvider>(),
        ]);

        // The first writer that accepts a problem writes it, so the order of AddProblemDetails and AddHttpQuery does not matter.
        if (!services.Any(service =>
                service.ServiceType == typeof(IProblemDetailsWriter) && service.ImplementationType == typeof(JsonBindingProblemWriter)))
            services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, JsonBindingProblemWriter>());
        options
            .Validate(
                o => o.JsonErrorBufferLimit is >= 0 and <= 64 * 1024 * 1024,
                "HttpQuery:JsonErrorBufferLimit must be between 0 and 67108864 bytes.")
            .Validate(
                o => o.MaximumBufferedContentLength is >= 0 and <= 1024 * 1024 * 1024,
                "HttpQuery:MaximumBufferedContentLength must be between 0 and 1073741824 bytes.")
            .Validate(
                o => o.MaximumBufferedResponseLength is >= 0 and <= 1024 * 1024 * 1024,
                "HttpQuery:MaximumBufferedResponseLength must be between 0 and 1073741824 bytes.")
            .Validate(o => o.MaximumRanges is >= 1 and <= 1000, "HttpQuery:MaximumRanges must be between 1 and 1000.")
            .ValidateOnStart();
        return services;
    }

    // Keys, conditions, output caching and the shared cache use one scheme, so that a normalizer applies to all.
    internal static QueryCacheKeyScheme CreateKeyScheme(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value.ToKeyScheme();
}
