using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>What the adapter must do once the origin's response headers have arrived.</summary>
internal abstract class ResponseAction
{
    private ResponseAction()
    {
    }

    /// <summary>The response passes and is not stored.</summary>
    public sealed class Relay(QueryCache cache, CacheOutcome outcome) : ResponseAction
    {
        /// <summary>The lines of Cache-Status.</summary>
        /// <param name="upstream">The lines that came with the response.</param>
        public StringValues StatusLines(StringValues upstream) => outcome.ToLines(cache, upstream);
    }

    /// <summary>The response passes, and is stored when it is complete.</summary>
    public sealed class RelayAndStore(QueryCache cache, CacheOutcome outcome, ResponseCapture capture) : ResponseAction
    {
        /// <summary>Receives the content. It takes over the role of the exchange: other requests may wait for it.</summary>
        public ResponseCapture Capture => capture;

        /// <summary>The lines of Cache-Status.</summary>
        /// <param name="upstream">The lines that came with the response.</param>
        public StringValues StatusLines(StringValues upstream) => outcome.ToLines(cache, upstream);
    }

    /// <summary>The response is discarded, and a stored response is sent in its place.</summary>
    public sealed class Serve(CachedMessage message) : ResponseAction
    {
        public CachedMessage Message => message;
    }

    /// <summary>The response is discarded, and the request is sent once more unchanged: the origin's 304 to a condition of the cache
    /// refers to another response.</summary>
    public sealed class Retry(OriginExchange exchange) : ResponseAction
    {
        /// <summary>Receives the second response. It has no conditions, so there is no third.</summary>
        public OriginExchange Exchange => exchange;
    }
}
