using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>What is to become of a response of the origin.</summary>
internal abstract class OriginReaction
{
    private OriginReaction()
    {
    }

    /// <summary>It passes, and is not stored.</summary>
    public sealed class Relay(QueryCache cache, CacheOutcome outcome) : OriginReaction
    {
        /// <summary>The lines of Cache-Status.</summary>
        /// <param name="upstream">The lines that came with the response.</param>
        public StringValues StatusLines(StringValues upstream) => outcome.ToLines(cache, upstream);
    }

    /// <summary>It passes, and is stored when it has come whole.</summary>
    public sealed class RelayAndStore(QueryCache cache, CacheOutcome outcome, ResponseCapture capture) : OriginReaction
    {
        /// <summary>Takes the content. It holds what the exchange held: others may wait for it.</summary>
        public ResponseCapture Capture => capture;

        /// <summary>The lines of Cache-Status.</summary>
        /// <param name="upstream">The lines that came with the response.</param>
        public StringValues StatusLines(StringValues upstream) => outcome.ToLines(cache, upstream);
    }

    /// <summary>It is dropped, and a stored response is sent in its place.</summary>
    public sealed class Serve(CachedMessage message) : OriginReaction
    {
        public CachedMessage Message => message;
    }

    /// <summary>It is dropped, and the request sent once more as it came: the origin has answered a condition of the cache with a 304 that speaks of another response.</summary>
    public sealed class Retry(OriginExchange exchange) : OriginReaction
    {
        /// <summary>Takes the second response. It has no conditions, so there is no third.</summary>
        public OriginExchange Exchange => exchange;
    }
}
