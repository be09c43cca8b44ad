using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>The outcome of a request. Cache-Status, the metric label and the log line are made from it alone.</summary>
/// <param name="Result">The metric label.</param>
internal readonly record struct CacheOutcome(CacheResult Result)
{
    /// <summary>Why the request was forwarded; not reported if it was not forwarded.</summary>
    public ForwardReason Reason { get; init; }

    /// <summary>The status code of the response to the forwarded request.</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>Whether no known reason prevents storing the response.</summary>
    public bool IsStored { get; init; }

    /// <summary>Whether the request received the response to an identical request; <see langword="null"/> if it did not wait for
    /// one.</summary>
    public bool? IsCollapsed { get; init; }

    /// <summary>The response whose lifetime is reported.</summary>
    public StoredResponse? Response { get; init; }

    /// <summary>Why the response is not stored, if that is known.</summary>
    public StorageRefusal? Refusal { get; init; }

    /// <summary>The member of Cache-Status (RFC 9211).</summary>
    public CacheStatus ToStatus(DateTimeOffset now) => new()
    {
        Forward = IsForwarded ? Reason : null,
        IsRefused = Result is CacheResult.Refused,
        ForwardStatus = ForwardStatus,
        IsStored = IsStored,
        IsCollapsed = IsCollapsed,
        TimeToLive = Response?.RemainingLifetime(now),
        Detail = Detail,
    };

    /// <summary>The lines of Cache-Status.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="upstream">The lines as they came from the origin.</param>
    /// <param name="now">The current time.</param>
    /// <returns><paramref name="upstream"/> if the cache sends none.</returns>
    public StringValues ToLines(QueryCache cache, StringValues upstream, DateTimeOffset now) =>
        cache.Options.AddCacheStatus ? ToStatus(now).AppendTo(upstream, cache.Options.Name) : upstream;

    /// <summary>The lines of Cache-Status now.</summary>
    public StringValues ToLines(QueryCache cache, StringValues upstream) => ToLines(cache, upstream, cache.Time.GetUtcNow());

    private bool IsForwarded =>
        Result is not (CacheResult.Hit or CacheResult.MaxStale or CacheResult.StaleWhileRevalidate or CacheResult.Refused);

    private string? Detail => Result switch
    {
        CacheResult.StaleIfError => "stale-if-error",
        CacheResult.Refused => "only-if-cached",
        _ => IsForwarded && !IsStored ? Refusal?.Detail : null,
    };
}
