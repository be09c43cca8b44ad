using System.Buffers;
using HttpQuery.CacheKeys;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Engine;

/// <summary>A request as a cache sees it.</summary>
internal sealed class CacheRequest
{
    /// <summary>The method; QUERY, GET and HEAD in upper case, however the client spells them.</summary>
    public required string Method { get; init; }

    /// <summary>The scheme of the target URI, for example <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Host and port that the request is for.</summary>
    public required string Authority { get; init; }

    /// <summary>The target in origin form, never decoded: for example <c>/rfcs?year=2022</c>.</summary>
    public required string Target { get; init; }

    /// <summary>The headers.</summary>
    public required IReadOnlyHeaders Headers { get; init; }

    /// <summary>The whole content, empty if there is none. It is <see langword="null"/> if it could not be read or is too long: then the
    /// cache is bypassed. The memory must not change while the transaction lasts; a copy of the same bytes may replace it.</summary>
    public required ReadOnlySequence<byte>? Content { get; set; }

    /// <summary>Bytes that separate this request from others that look like it; empty if nothing does. They hold nothing secret: for
    /// example a digest.</summary>
    public ReadOnlyMemory<byte> Partition { get; init; }

    /// <summary>The user who makes the request, as a digest; empty if no user is known. In a shared cache, the responses to a user are
    /// for that user alone. Exceptions are the responses that RFC 9111 §3.5 lets caches share: <c>public</c>, <c>s-maxage</c>,
    /// <c>must-revalidate</c>.</summary>
    public ReadOnlyMemory<byte> User { get; init; }

    /// <summary>Whether responses to requests with <c>Authorization</c> may be shared by all users, because the application declares
    /// it.</summary>
    public bool IsSharedAcrossUsers { get; init; }

    /// <summary>Differences in the content that its reader ignores; without them, every byte of the content counts (docs/cache-key.md
    /// §6). Default none.</summary>
    public QueryNormalizations Normalizations { get; init; }

    /// <summary>The lifetime of a response that states none. Replaces <see cref="CacheRuleOptions.DefaultLifetime"/>.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>Whether no client waits for the response: the request revalidates a response that was served stale (RFC 5861 §3). Metrics
    /// count it separately.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Tags that responses are known to have when the request arrives. Their epochs are read in the first step.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether the user may change on the way to the origin. Then only responses that everyone may have are served (RFC 9111
    /// §3.5).</summary>
    public bool IsUserUncertain { get; init; }

    internal bool IsStorable => Method is "GET" or "QUERY";

    internal bool HasConditions =>
        Headers["If-None-Match"].Count > 0 || Headers["If-Modified-Since"].Count > 0
        || Headers["If-Match"].Count > 0 || Headers["If-Unmodified-Since"].Count > 0;
}
