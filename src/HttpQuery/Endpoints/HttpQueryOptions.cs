namespace HttpQuery;

/// <summary>Options of the server, read from the configuration section <c>HttpQuery</c> and checked at start.</summary>
public sealed class HttpQueryOptions
{
    /// <summary>Lets a fallback route (<c>MapFallback</c>) answer methods that no other endpoint of a QUERY path accepts.
    /// Default <see langword="false"/>: such a request gets 405 with <c>Allow</c> (RFC 9110 §15.5.6).</summary>
    public bool AllowFallback { get; set; }

    /// <summary>Largest JSON content kept while it is bound, in bytes, so that a 400 can name the position of the first error. Default
    /// 64 KiB; 0 keeps none. Longer content that does not bind gets a 400 without a position.</summary>
    public int JsonErrorBufferLimit { get; set; } = 64 * 1024;

    /// <summary>Secrets of the URIs that <c>WithEquivalentResource</c> and <c>WithStoredResult</c> make: at most 16, each of at least 32
    /// characters. The first makes new URIs, and all are accepted. Default empty: a random one, so URIs hold in this process
    /// alone.</summary>
    /// <remarks>All machines of an application need the same secrets. To change one, add the new one at the end on all machines, then put
    /// it first, and remove the old one later (docs/equivalent-resources.md). They are required if the application has an
    /// <c>IDistributedCache</c> that machines may share.</remarks>
    public IList<string> LocationKeys { get; } = [];

    /// <summary>Time for which a stored query is found by its URI after the last response that named it, less at most a minute. Default
    /// one hour. Longer if caches may keep that response for longer. Short queries are in the URI itself and do not expire.</summary>
    public TimeSpan LocationLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Path of equivalent resources and results, below the path base. No other path of the application may lie directly below
    /// it. Default <c>/_query</c>.</summary>
    public string LocationPrefix { get; set; } = "/_query";

    /// <summary>Maximum wait for the store of queries and results, for each call. Default 500 ms. A response whose query cannot be stored
    /// in this time names no URI, and a GET gets 503.</summary>
    public TimeSpan LocationStoreTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Largest query content read before a handler runs, by <c>WithQueryKey</c>, <c>WithEquivalentResource</c>,
    /// <c>CheckConditionsAsync</c> or <c>VaryByQueryContent</c>, in bytes. Default 1 MiB. Longer content has no key and no
    /// <c>Location</c>, is not cached, and its conditions are not evaluated: the handler sends the full response.</summary>
    public int MaximumBufferedContentLength { get; set; } = 1024 * 1024;

    /// <summary>Largest response that <c>WithETag</c>, <c>WithRanges</c> and <c>WithStoredResult</c> buffer, in bytes. Default 1 MiB.
    /// Longer responses are sent as they are written, whole, without an entity tag and without <c>Content-Location</c>.</summary>
    public int MaximumBufferedResponseLength { get; set; } = 1024 * 1024;

    /// <summary>Maximum memory for stored queries and results, in bytes, if the application has no <c>IDistributedCache</c>. Default
    /// 64 MiB. One of them takes at most a quarter of it.</summary>
    public long MaximumLocationStoreSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Maximum number of ranges in a <c>Range</c> header. Default 16. More ranges get 416 (RFC 9110 §15.5.17).</summary>
    public int MaximumRanges { get; set; } = 16;

    /// <summary>Longest URI, in characters, that contains its query, encrypted. Default 256; 0 stores every query. Longer queries are
    /// stored, and their URIs contain a digest.</summary>
    public int MaximumStatelessLocationLength { get; set; } = 256;

    /// <summary>Time for which a stored result is found by its URI, at least. Default 10 minutes. It expires after twice this time at
    /// most, and as much later as caches may keep the response that named it. Its URI then gets 410.</summary>
    public TimeSpan StoredResultLifetime { get; set; } = TimeSpan.FromMinutes(10);
}
