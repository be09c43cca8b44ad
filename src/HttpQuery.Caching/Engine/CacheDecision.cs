using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>What is to become of a request: it is served, refused or forwarded.</summary>
internal abstract class CacheDecision
{
    private CacheDecision()
    {
    }

    /// <summary>The request is answered from the store.</summary>
    public sealed class Serve(CachedMessage message, Revalidation? revalidation) : CacheDecision
    {
        public CachedMessage Message => message;

        /// <summary>Set if what is served is stale, and should be asked for anew without letting the client wait (RFC 5861 §3).</summary>
        public Revalidation? Revalidation => revalidation;
    }

    /// <summary>The request asks for what is stored alone, and nothing is: 504 (RFC 9111 §5.2.1.7).</summary>
    public sealed class Refuse(StringValues status) : CacheDecision
    {
        /// <summary>The lines of Cache-Status.</summary>
        public StringValues Status => status;
    }

    /// <summary>The request goes to the origin.</summary>
    public sealed class Forward(OriginExchange exchange) : CacheDecision
    {
        /// <summary>Takes the response. Dispose it when the response has ended, or none came.</summary>
        public OriginExchange Exchange => exchange;
    }
}
