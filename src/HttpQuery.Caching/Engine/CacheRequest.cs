namespace HttpQuery.Caching;

/// <summary>A request as a cache sees it.</summary>
public sealed class CacheRequest
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

    /// <summary>The whole content, empty where there is none; <see langword="null"/> where it could not be read, or is too long: then the cache is bypassed.</summary>
    public required ReadOnlyMemory<byte>? Content { get; init; }

    /// <summary>What separates this request from those of other users: octets that hold nothing secret, such as a digest; empty where responses are shared.</summary>
    public ReadOnlyMemory<byte> Partition { get; init; }

    internal bool IsStorable => Method is "GET" or "QUERY";

    internal bool HasConditions => Fields["If-None-Match"].Count > 0 || Fields["If-Modified-Since"].Count > 0 || Fields["If-Match"].Count > 0 || Fields["If-Unmodified-Since"].Count > 0;
}
