using HttpQuery.PrivateCache;
using HttpQuery.Redirection;
using Microsoft.Extensions.Http;

namespace HttpQuery;

/// <summary>Places the innermost handlers of a client, below all handlers of the application.</summary>
/// <remarks>One filter places all of them, so that their order does not depend on the order of registration.</remarks>
internal sealed class PrimaryHandlerOrder : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);

        // From the caller to the wire. The last two look at each request as it is sent.
        var handlers = builder.AdditionalHandlers;
        var redirects = handlers.Any(handler => handler is QueryRedirectHandler);
        var caches = handlers.Any(handler => handler is QueryCacheHandler);
        if (redirects) handlers.Add(new RedirectedRequestCheck());
        if (caches) handlers.Add(new OutgoingRequestHandler());
    };
}
