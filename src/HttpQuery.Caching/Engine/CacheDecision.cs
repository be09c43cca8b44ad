using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>The decision about a request: it is served, refused or forwarded.</summary>
internal abstract class CacheDecision
{
    private CacheDecision()
    {
    }

    /// <summary>The request is answered from the store.</summary>
    public sealed class Serve(CachedMessage message, BackgroundRevalidation? revalidation) : CacheDecision
    {
        public CachedMessage Message => message;

        /// <summary>Set if the response is stale and should be revalidated without making the client wait (RFC 5861 §3).</summary>
        public BackgroundRevalidation? Revalidation => revalidation;
    }

    /// <summary>The request accepts only a stored response, and there is none: 504 (RFC 9111 §5.2.1.7).</summary>
    public sealed class Refuse(StringValues status) : CacheDecision
    {
        /// <summary>The lines of Cache-Status.</summary>
        public StringValues Status => status;
    }

    /// <summary>The request goes to the origin.</summary>
    public sealed class Forward(OriginExchange exchange) : CacheDecision
    {
        /// <summary>Receives the response. Dispose it when the response has ended, or if no response came.</summary>
        public OriginExchange Exchange => exchange;
    }
}
