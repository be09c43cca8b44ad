using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using HttpQuery;
using HttpQuery.Caching;
using HttpQuery.PrivateCache;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds to clients of <c>AddHttpClient</c>.</summary>
public static class HttpQueryClientBuilderExtensions
{
    /// <summary>Puts a private cache for GET and QUERY into the client (RFC 9111, RFC 10008 §2.7).</summary>
    /// <remarks>Each named client has one cache for as long as the application runs. Order matters: first handlers that add credentials, then the cache, then handlers that retry. See
    /// <see cref="QueryCacheHandler"/> for how users are told apart. Options can also be configured by the name of the client, <c>services.Configure&lt;PrivateCacheOptions&gt;("rfcs", section)</c>;
    /// all are checked when the host starts. Changes after the first use have no effect.</remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("rfcs", http => http.BaseAddress = new("https://api.test"))
    ///     .AddHttpMessageHandler&lt;AddsBearerToken&gt;()
    ///     .AddQueryCache();
    /// </code></example>
    /// <exception cref="ArgumentException">An option is out of range, or a credential header is not the name of a header.</exception>
    public static IHttpClientBuilder AddQueryCache(this IHttpClientBuilder builder, Action<PrivateCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (configure is not null)
        {
            // What is wrong here is seen at this line; what configuration adds later, when the host starts.
            var options = new PrivateCacheOptions();
            configure(options);
            options.Validate();
            builder.Services.Configure(builder.Name, configure);
        }
        if (builder.Name is { } client) builder.Services.AddOptions<PrivateCacheOptions>(client).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PrivateCacheOptions>, OptionsValidation>());

        // The name is the handler's: what is added to the defaults of all clients has none, and each is to have its own.
        var key = new object();
        builder.Services.AddKeyedSingleton(key, (services, _) => new PrivateCaches(services.GetRequiredService<IOptionsMonitor<PrivateCacheOptions>>(), services));
        builder.Services.Configure<HttpClientFactoryOptions>(builder.Name, factory => factory.HttpMessageHandlerBuilderActions.Add(handlers =>
        {
            var (cache, options) = handlers.Services.GetRequiredKeyedService<PrivateCaches>(key).Of(handlers.Name ?? "");
            handlers.AdditionalHandlers.Add(new QueryCacheHandler(cache, options, handlers.Services.GetService<ILoggerFactory>(), handlers.Name));
        }));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, OutgoingRequestHandler.Filter>());
        return builder;
    }

    // Cache and options of a client stay together: handlers come and go, and configuration may change meanwhile.
    private sealed class PrivateCaches(IOptionsMonitor<PrivateCacheOptions> options, IServiceProvider services)
    {
        private readonly ConcurrentDictionary<string, Lazy<(QueryCache Cache, PrivateCacheOptions Options)>> _caches = new(StringComparer.Ordinal);

        public (QueryCache Cache, PrivateCacheOptions Options) Of(string name) => _caches.GetOrAdd(name, _ => new(() =>
        {
            var own = options.Get(name);
            return (QueryCacheHandler.CreateCache(own, services.GetService<TimeProvider>(), services.GetService<ILoggerFactory>(), services.GetService<IMeterFactory>(), name), own);
        })).Value;
    }

    private sealed class OptionsValidation : IValidateOptions<PrivateCacheOptions>
    {
        public ValidateOptionsResult Validate(string? name, PrivateCacheOptions options)
        {
            try
            {
                options.Validate();
                return ValidateOptionsResult.Success;
            }
            catch (ArgumentException exception)
            {
                return ValidateOptionsResult.Fail($"HttpClient '{name}': {exception.Message}");
            }
        }
    }
}
