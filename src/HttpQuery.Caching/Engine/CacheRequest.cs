using System.Buffers;
using HttpQuery.CacheKeys;

namespace HttpQuery.Caching;

/// <summary>A request as a cache sees it.</summary>
internal sealed class CacheRequest
{
    /// <summary>The method; QUERY, GET and HEAD in upper case, however they came.</summary>
    public required string Method { get; init; }

    /// <summary>The scheme of the target URI, for example <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Host and port that the request is for.</summary>
    public required string Authority { get; init; }

    /// <summary>The target in origin form, never decoded: for example <c>/rfcs?year=2022</c>.</summary>
    public required string Target { get; init; }

    /// <summary>The fields.</summary>
    public required IFieldLines Fields { get; init; }

    /// <summary>The whole content, empty where there is none; <see langword="null"/> where it could not be read, or is too long: then the cache is bypassed. The memory must not
    /// change while the transaction lasts; a copy of the same octets may take its place.</summary>
    public required ReadOnlySequence<byte>? Content { get; set; }

    /// <summary>What separates this request from others that look like it: octets that hold nothing secret, such as a digest; empty where nothing does.</summary>
    public ReadOnlyMemory<byte> Partition { get; init; }

    /// <summary>The user whose request it is, as a digest; empty where nobody is known. In a shared cache the responses to a user are that user's, but for those that RFC 9111 §3.5 lets
    /// caches share: <c>public</c>, <c>s-maxage</c>, <c>must-revalidate</c>.</summary>
    public ReadOnlyMemory<byte> User { get; init; }

    /// <summary>Whether responses to requests with <c>Authorization</c> may be given to everybody all the same, because the application says so.</summary>
    public bool IsSharedAcrossUsers { get; init; }

    /// <summary>Differences in the content that its reader does not see; without them the content counts byte by byte (docs/cache-key.md §6). Default none.</summary>
    public QueryNormalizations Normalizations { get; init; }

    /// <summary>The lifetime of a response that states none, in the place of <see cref="CacheRuleOptions.DefaultLifetime"/>.</summary>
    public TimeSpan? DefaultLifetime { get; init; }

    /// <summary>Whether no client waits for the response: the request revalidates what was served stale (RFC 5861 §3). Metrics count it apart.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Tags that responses are known to have when the request arrives: their epochs are read with the first step.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether the user may become another one on the way to the origin: then only what everyone may have is served (RFC 9111 §3.5).</summary>
    public bool IsUserUncertain { get; init; }

    internal bool IsStorable => Method is "GET" or "QUERY";

    internal bool HasConditions => Fields["If-None-Match"].Count > 0 || Fields["If-Modified-Since"].Count > 0 || Fields["If-Match"].Count > 0 || Fields["If-Unmodified-Since"].Count > 0;
}
