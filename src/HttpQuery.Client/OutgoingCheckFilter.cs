using HttpQuery.PrivateCache;
using HttpQuery.Redirection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace HttpQuery;

/// <summary>Places the handlers that look at each request as it is sent below all others.</summary>
internal sealed class OutgoingCheckFilter : IHttpMessageHandlerBuilderFilter
{
    /// <summary>Registers the filter as the first. Its handlers are added last, so they also see those that other filters add.</summary>
    public static void Register(IServiceCollection services)
    {
        if (services.Any(service => service.ImplementationType == typeof(OutgoingCheckFilter))) return;
        services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, OutgoingCheckFilter>());
    }

    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        var handlers = builder.AdditionalHandlers;
        if (handlers.Any(handler => handler is QueryRedirectHandler)) handlers.Add(new RedirectedRequestCheck());
        if (handlers.Any(handler => handler is QueryCacheHandler)) handlers.Add(new OutgoingRequestHandler());
    };
}
