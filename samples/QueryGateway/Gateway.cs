using HttpQuery;
using HttpQuery.Caching;
using QueryGateway.Forwarding;
using QueryGateway.Management;

namespace QueryGateway;

/// <summary>The whole program, put together.</summary>
internal static class Gateway
{
    /// <summary>How the gateway is called in <c>Via</c> and <c>Cache-Status</c>.</summary>
    public const string Name = "QueryGateway";

    /// <summary>Makes a gateway, not yet started.</summary>
    /// <param name="args">As on the command line.</param>
    /// <param name="configure">Further services, after those of the gateway.</param>
    /// <exception cref="FormatException">An option is missing, malformed, or cannot work.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // A switch without a value would take the next argument for one.
        var arguments = args.Select(argument => argument is "--no-cache" or "--management-public" ? $"{argument}=true" : argument).ToArray();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        var options = GatewayOptions.Read(builder.Configuration);
        Listeners.Configure(builder, options);

        builder.Services.AddSingleton(options);
        builder.Services.AddProblemDetails();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<OriginClient>();
        builder.Services.AddSingleton<OriginTransformer>();
        builder.Services.AddSingleton<OriginEndpoint>();
        if (!options.NoCache) AddCache(builder.Services, options);
        if (options.Management is not null)
        {
            builder.Services.AddSingleton<MetricsPage>();
            builder.Services.AddHostedService<ManagementServer>();
        }
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseMiddleware<RequestFormMiddleware>();
        app.Use(FailureAnswer.InvokeAsync);
        app.UseRouting();
        if (!options.NoCache) app.UseHttpQueryCache();
        var origin = app.Map("/{**target}", app.Services.GetRequiredService<OriginEndpoint>().InvokeAsync);

        // There is one origin, so that a group's name is enough for a tag.
        if (!options.NoCache) origin.CacheQuery(policy => policy.TagByCacheGroups());
        return app;
    }

    private static void AddCache(IServiceCollection services, GatewayOptions options)
    {
        // Before those of the configuration, which can say otherwise.
        services.Configure<HttpQueryCacheOptions>(cache => (cache.Name, cache.AllowHeuristicFreshness) = (Name, true));
        services.AddHttpQueryCache();
        if (options.Redis is null) return;
        services.AddStackExchangeRedisOutputCache(redis => redis.ConfigurationOptions = options.Redis);
        services.AddSingleton<IQueryCacheStore, OutputCacheQueryStore>();
    }
}
