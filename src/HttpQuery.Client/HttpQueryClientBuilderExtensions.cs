using System.Diagnostics.Metrics;
using HttpQuery;
using HttpQuery.Caching;
using HttpQuery.Diagnostics;
using HttpQuery.PrivateCache;
using HttpQuery.Replay;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds handlers of HttpQuery to clients of <c>AddHttpClient</c>.</summary>
public static class HttpQueryClientBuilderExtensions
{
    /// <summary>Adds what a client needs to send QUERY (RFC 10008): discovery of formats, redirects, and a private cache. Each can be
    /// turned off. A fallback and a switch to GET can be turned on.</summary>
    /// <remarks>
    /// <para>The order matters: first add handlers that add credentials, then call this, then add handlers that retry. The redirects stand
    /// above the cache, so the cache sees each hop. The switch to GET and the fallback are placed next to the primary handler. A query is
    /// sent once more if the server closes the connection before a response.</para>
    /// <para>Options come from the configuration sections <c>HttpQuery:Client</c> and <c>HttpQuery:Client:Clients:NAME</c>, then from
    /// <paramref name="configure"/>. The host checks them at start. Without a host, they are checked when the client is first used. The
    /// options of the cache are those of <see cref="AddQueryCache"/>: call it as well to change them in code.</para>
    /// </remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("orders", http => http.BaseAddress = new("https://api.test"))
    ///     .AddHttpMessageHandler&lt;AddsBearerToken&gt;()
    ///     .AddHttpQuery(options => options.MaximumReplayLength = 64 * 1024);
    /// </code></example>
    public static IHttpClientBuilder AddHttpQuery(this IHttpClientBuilder builder, Action<HttpQueryClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddClientServices(builder);
        AddCacheServices(builder);
        if (configure is not null) builder.Services.Configure(builder.Name, configure);
        return AddHandlers(builder, AddAll);
    }

    /// <summary>Adds a private cache for GET and QUERY to the client (RFC 9111, RFC 10008 §2.7).</summary>
    /// <remarks>
    /// <para>Each named client has one cache for as long as the application runs, even if this is called more than once. The order
    /// matters: first add handlers that add credentials, then the cache, then handlers that retry. <see cref="QueryCacheHandler"/>
    /// describes how the cache tells users apart.</para>
    /// <para>Options come from the configuration sections <c>HttpQuery:PrivateCache</c> and <c>HttpQuery:PrivateCache:Clients:NAME</c>,
    /// then from <paramref name="configure"/>. The host checks them at start. Without a host, they are checked when the client is first
    /// used. Changes after the first use have no effect.</para>
    /// <para>The cache is a keyed service, <see cref="QueryCache"/>, and its key is the name of the client. Inject it with
    /// <c>[FromKeyedServices("rfcs")] QueryCache cache</c>, for example to evict. Its store is the <see cref="IQueryCacheStore"/> with that
    /// key if one is registered, otherwise a store in memory.</para>
    /// </remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("rfcs", http => http.BaseAddress = new("https://api.test"))
    ///     .AddHttpMessageHandler&lt;AddsBearerToken&gt;()
    ///     .AddQueryCache();
    /// </code></example>
    public static IHttpClientBuilder AddQueryCache(this IHttpClientBuilder builder, Action<PrivateCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddCacheServices(builder);

        // Name is null for the defaults of all clients.
        if (configure is not null) builder.Services.Configure(builder.Name, configure);
        return AddHandlers(builder, AddCache);
    }

    /// <summary>Adds a handler that follows redirects, in place of the automatic redirects of .NET (RFC 10008 §2.5).</summary>
    /// <remarks>First add handlers that add credentials, then this one, then the cache. <see cref="QueryRedirectHandler"/> describes the
    /// rules. Options come from the configuration sections <c>HttpQuery:Client:Redirects</c> and
    /// <c>HttpQuery:Client:Clients:NAME:Redirects</c>, then from <paramref name="configure"/>.</remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    public static IHttpClientBuilder AddQueryRedirects(this IHttpClientBuilder builder, Action<QueryRedirectOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddClientServices(builder);
        if (configure is not null)
            builder.Services.Configure<HttpQueryClientOptions>(builder.Name, options => configure(options.Redirects));
        return AddHandlers(builder, AddRedirects);
    }

    /// <summary>Adds a handler that remembers the query formats that servers accept, and sends a <see cref="QueryContent"/> in the best of
    /// them (RFC 10008 §3).</summary>
    /// <remarks>It is placed above the redirects and the cache. Options come from the configuration sections
    /// <c>HttpQuery:Client:Discovery</c> and <c>HttpQuery:Client:Clients:NAME:Discovery</c>, then from
    /// <paramref name="configure"/>.</remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    public static IHttpClientBuilder AddQueryDiscovery(this IHttpClientBuilder builder, Action<QueryDiscoveryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddClientServices(builder);
        if (configure is not null)
            builder.Services.Configure<HttpQueryClientOptions>(builder.Name, options => configure(options.Discovery));
        return AddHandlers(builder, AddDiscovery);
    }

    /// <summary>Adds a handler that sends a query by POST or GET where QUERY is not known.</summary>
    /// <remarks>It is placed next to the primary handler, below all handlers of the application. Options come from the configuration
    /// sections <c>HttpQuery:Client:Fallback</c> and <c>HttpQuery:Client:Clients:NAME:Fallback</c>, then from
    /// <paramref name="configure"/>. At least one path is required.</remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    /// <example><code>
    /// services.AddHttpClient("pods").AddQueryFallback(options => options.Paths.Add("/pods", "/pods/_search"));
    /// </code></example>
    public static IHttpClientBuilder AddQueryFallback(this IHttpClientBuilder builder, Action<QueryFallbackOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddClientServices(builder);
        builder.Services.Configure<HttpQueryClientOptions>(builder.Name, options =>
        {
            options.UseFallback = true;
            configure?.Invoke(options.Fallback);
        });
        return AddHandlers(builder, AddFallback);
    }

    /// <summary>Adds a handler that repeats a query as a GET of the <c>Location</c> that its response had (RFC 10008 §2.4).</summary>
    /// <remarks>It is placed above the fallback, below all handlers of the application. Options come from the configuration sections
    /// <c>HttpQuery:Client:Location</c> and <c>HttpQuery:Client:Clients:NAME:Location</c>, then from
    /// <paramref name="configure"/>.</remarks>
    /// <param name="builder">The client, or the defaults of all clients.</param>
    /// <param name="configure">Changes options, or <see langword="null"/>.</param>
    public static IHttpClientBuilder AddQueryLocations(this IHttpClientBuilder builder, Action<QueryLocationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddClientServices(builder);
        if (configure is not null)
            builder.Services.Configure<HttpQueryClientOptions>(builder.Name, options => configure(options.Location));
        return AddHandlers(builder, AddLocations);
    }

    private static IHttpClientBuilder AddHandlers(IHttpClientBuilder builder, Action<HttpMessageHandlerBuilder> add)
    {
        builder.Services.Configure<HttpClientFactoryOptions>(
            builder.Name, factory => factory.HttpMessageHandlerBuilderActions.Add(add));
        return builder;
    }

    private static void AddClientServices(IHttpClientBuilder builder)
    {
        var services = builder.Services;
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IConfigureOptions<HttpQueryClientOptions>, HttpQueryClientOptionsSetup>(),
            ServiceDescriptor.Singleton<IValidateOptions<HttpQueryClientOptions>, HttpQueryClientOptionsSetup>(),
            ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, PrimaryHandlerOrder>(),
        ]);
        OutgoingCheckFilter.Register(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<PrivateCacheOptions>, CredentialHeadersSetup>());
        services.TryAddSingleton<LearnedStateRegistry>();
        services.AddOptions<HttpQueryClientOptions>(builder.Name ?? Options.Options.DefaultName).ValidateOnStart();
    }

    private static void AddCacheServices(IHttpClientBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton<PrivateCacheRegistry>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IConfigureOptions<PrivateCacheOptions>, PrivateCacheOptionsSetup>(),
            ServiceDescriptor.Singleton<IValidateOptions<PrivateCacheOptions>, PrivateCacheOptionsSetup>(),
        ]);
        OutgoingCheckFilter.Register(services);
        services.AddOptions<PrivateCacheOptions>(builder.Name ?? Options.Options.DefaultName).ValidateOnStart();
        services.TryAddKeyedSingleton(builder.Name ?? KeyedService.AnyKey, GetCache);
    }

    private static QueryCache GetCache(IServiceProvider services, object? key) => key is string client
        ? services.GetRequiredService<PrivateCacheRegistry>().GetOrCreate(client).Cache
        : throw new InvalidOperationException("The service key of a QueryCache must be the name of an HttpClient.");

    // From the caller to the wire. PrimaryHandlerOrder adds those that stand below the application's own handlers.
    private static void AddAll(HttpMessageHandlerBuilder builder)
    {
        var options = GetOptions(builder);
        if (options.UseDiscovery) AddDiscovery(builder);
        if (options.UseRedirects) AddRedirects(builder);
        if (options.UseCache) AddCache(builder);
        if (options.UseLocation) AddLocations(builder);
        if (options.UseFallback) AddFallback(builder);
        if (options.UseConnectionRetry) AddConnectionRetry(builder);
    }

    private static void AddConnectionRetry(HttpMessageHandlerBuilder builder)
    {
        if (builder.AdditionalHandlers.Any(handler => handler is ConnectionRetryHandler)) return;
        builder.AdditionalHandlers.Add(new ConnectionRetryHandler(GetOptions(builder).MaximumReplayLength, CreateTelemetry(builder)));
    }

    private static void AddDiscovery(HttpMessageHandlerBuilder builder)
    {
        var handlers = builder.AdditionalHandlers;
        if (handlers.Any(handler => handler is QueryDiscoveryHandler)) return;

        // The key of the cache must have the format that is sent.
        var below = handlers.TakeWhile(handler => handler is not (QueryRedirectHandler or QueryCacheHandler)).Count();
        handlers.Insert(below, new QueryDiscoveryHandler(GetLearned(builder).Discovery, CreateTelemetry(builder)));
    }

    private static void AddFallback(HttpMessageHandlerBuilder builder)
    {
        var options = GetOptions(builder);
        if (builder.AdditionalHandlers.Any(handler => handler is QueryFallbackHandler)) return;
        builder.AdditionalHandlers.Add(new QueryFallbackHandler(
            options.Fallback, GetLearned(builder).Fallback, options.MaximumReplayLength, CreateTelemetry(builder)));
    }

    private static void AddLocations(HttpMessageHandlerBuilder builder)
    {
        if (builder.AdditionalHandlers.Any(handler => handler is QueryLocationHandler)) return;
        builder.AdditionalHandlers.Add(new QueryLocationHandler(
            GetLearned(builder).Location, GetOptions(builder).MaximumReplayLength, CreateTelemetry(builder)));
    }

    private static void AddCache(HttpMessageHandlerBuilder builder)
    {
        var handlers = builder.AdditionalHandlers;
        var client = builder.Services.GetRequiredService<PrivateCacheRegistry>().GetOrCreate(builder.Name ?? "");

        // If AddQueryCache was called twice, or for the client and for the defaults, a second handler would wait for the first.
        if (handlers.Any(handler => handler is QueryCacheHandler earlier && earlier.Uses(client.Cache))) return;
        handlers.Add(new QueryCacheHandler(client, builder.Services.GetService<ILoggerFactory>(), builder.Name));
    }

    private static void AddRedirects(HttpMessageHandlerBuilder builder)
    {
        var handlers = builder.AdditionalHandlers;
        if (handlers.Any(handler => handler is QueryRedirectHandler)) return;
        var (services, name) = (builder.Services, builder.Name ?? "");
        var options = GetOptions(builder);
        var redirects = new QueryRedirectHandler(
            options.Redirects,
            services.GetService<IOptionsMonitor<PrivateCacheOptions>>()?.Get(name).CredentialHeaders ?? [],
            options.MaximumReplayLength,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            CreateTelemetry(builder));

        // The cache must see each hop. A handler between the cache and this call keeps its place.
        var cache = handlers.TakeWhile(handler => handler is not QueryCacheHandler).Count();
        handlers.Insert(cache, redirects);
    }

    private static HttpQueryClientOptions GetOptions(HttpMessageHandlerBuilder builder) =>
        builder.Services.GetRequiredService<IOptionsMonitor<HttpQueryClientOptions>>().Get(builder.Name ?? "");

    private static LearnedStateRegistry.Entry GetLearned(HttpMessageHandlerBuilder builder) =>
        builder.Services.GetRequiredService<LearnedStateRegistry>().GetOrCreate(builder.Name ?? "");

    private static ClientTelemetry CreateTelemetry(HttpMessageHandlerBuilder builder)
    {
        var services = builder.Services;
        return new(
            builder.Name ?? "",
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetService<ILoggerFactory>(),
            services.GetService<IMeterFactory>());
    }
}
