using HttpQuery.Replay;
using Microsoft.Extensions.Http;

namespace HttpQuery;

/// <summary>Places the handlers that stand next to the primary handler, below all handlers of the application.</summary>
/// <remarks>One filter places all of them, so that their order does not depend on the order of registration.</remarks>
internal sealed class PrimaryHandlerOrder : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);

        // From the caller to the wire. The fallback retries connections itself.
        var handlers = builder.AdditionalHandlers;
        MoveToEnd<QueryLocationHandler>(handlers);
        MoveToEnd<QueryFallbackHandler>(handlers);
        if (handlers.Any(handler => handler is QueryFallbackHandler)) RemoveAll<ConnectionRetryHandler>(handlers);
        MoveToEnd<ConnectionRetryHandler>(handlers);
    };

    private static void MoveToEnd<T>(IList<DelegatingHandler> handlers)
        where T : DelegatingHandler
    {
        foreach (var handler in RemoveAll<T>(handlers)) handlers.Add(handler);
    }

    private static List<T> RemoveAll<T>(IList<DelegatingHandler> handlers)
        where T : DelegatingHandler
    {
        List<T> removed = [.. handlers.OfType<T>()];
        foreach (var handler in removed) handlers.Remove(handler);
        return removed;
    }
}
