using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Rules;

/// <summary>Rules for conditional requests: those that a cache sends and those that it receives (RFC 9111 §4.3).</summary>
internal static class ValidationRules
{
    /// <summary>Returns the conditions that validate a stored response (RFC 9111 §4.3.1), in the origin's spelling of its validators.
    /// They replace If-None-Match and If-Modified-Since of the request.</summary>
    public static ValidationConditions Conditions(StoredResponse stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return new(
            stored.EntityTag is null ? null : stored.Headers["ETag"].First(),
            stored.LastModified is null ? null : stored.Headers["Last-Modified"].First());
    }

    /// <summary>Evaluates the conditions of a GET or QUERY against a usable stored response, without allocating (RFC 9111 §4.3.2; RFC
    /// 10008 §2.6).</summary>
    /// <param name="request">The headers of the request.</param>
    /// <param name="stored">The response. Without Last-Modified, it counts as modified at its <see cref="StoredResponse.Date"/>.
    /// Conditions are ignored if it is not 2xx (RFC 9110 §13.2.1).</param>
    /// <param name="now">The current time, for parsing dates.</param>
    public static ConditionalResult EvaluateConditions(IReadOnlyHeaders request, StoredResponse stored, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(stored);
        if (request["If-Match"].Count > 0 || request["If-Unmodified-Since"].Count > 0) return ConditionalResult.Forward;
        if (stored.Status is not (>= 200 and <= 299)) return ConditionalResult.Stored;

        string? singleTag = null, singleDate = null;
        var conditions = new Preconditions
        {
            IfNoneMatch = request["If-None-Match"].AsSpan(ref singleTag),
            IfModifiedSince = request["If-Modified-Since"].AsSpan(ref singleDate),
        };
        var outcome = conditions.Evaluate(isRetrieval: true, stored.EntityTag, stored.LastModified ?? stored.Date, now);
        return outcome is PreconditionOutcome.NotModified ? ConditionalResult.NotModified : ConditionalResult.Stored;
    }

    /// <summary>Returns the stored responses that a 304 updates (RFC 9111 §4.3.4).</summary>
    /// <param name="notModified">The headers of the 304. A strong entity tag selects every response that has it. Otherwise a weak one, or
    /// else Last-Modified, selects the latest response that has it. A 304 without a validator selects the candidate if there is only one,
    /// because the condition was made from it.</param>
    /// <param name="candidates">The responses that the request could select and that the condition named.</param>
    /// <returns>Empty if the 304 matches no candidate: send the request again without the cache's conditions.</returns>
    public static IReadOnlyList<StoredResponse> SelectForUpdate(
        IReadOnlyHeaders notModified, params IReadOnlyList<StoredResponse> candidates)
    {
        ArgumentNullException.ThrowIfNull(notModified);
        ArgumentNullException.ThrowIfNull(candidates);
        if (notModified["ETag"].First() is { } text && EntityTag.TryParse(text, out var tag))
        {
            return tag.IsWeak
                ? Latest(candidates, stored => stored.EntityTag is { } other && other.WeakEquals(tag))
                : [.. candidates.Where(stored => stored.EntityTag is { } other && other.StrongEquals(tag))];
        }

        // Each candidate's clock reads the date, so both dates expand a two-digit year in the same way.
        if (notModified["Last-Modified"].Count > 0)
            return Latest(candidates, stored => FreshnessRules.TryLastModified(notModified, stored.ResponseTime, out var modified)
                && stored.LastModified == modified);
        return candidates.Count == 1 ? candidates : [];
    }

    /// <summary>Returns the stored response with the updates of a 304 (RFC 9111 §3.2, §4.3.4).</summary>
    /// <param name="stored">A response that <see cref="SelectForUpdate"/> returned.</param>
    /// <param name="notModified">The headers of the 304, which replace the stored ones. Headers of the connection and of proxies do not,
    /// and neither do those that describe the stored content: Content-Length, -Encoding, -Type, -Range, -MD5 and -Digest. If the 304 has
    /// no Age or no Date, the stored one is dropped: the response has just been validated.</param>
    /// <param name="requestTime">When the conditional request was sent.</param>
    /// <param name="responseTime">When the 304 was received.</param>
    /// <returns>A new response. <see cref="StorageRules.Decide"/> determines from its headers whether it may be kept: they may now say
    /// <c>no-store</c>.</returns>
    public static StoredResponse Freshen(
        StoredResponse stored,
        IEnumerable<KeyValuePair<string, StringValues>> notModified,
        DateTimeOffset requestTime,
        DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var received = new HeaderCollection(notModified);
        var connection = received["Connection"];
        var news = received.Where(header => !IsOfContent(header.Key) && StorageRules.IsStored(header.Key, connection)).ToList();
        if (!news.Exists(header => Is(header.Key, "Date"))) news.Add(new("Date", HttpDate.Format(responseTime)));

        var replaced = new HashSet<string>(news.Select(header => header.Key), StringComparer.OrdinalIgnoreCase) { "Age" };
        var kept = stored.Headers.Where(header => !replaced.Contains(header.Key));
        var headers = StorageRules.SelectHeaders(kept.Concat(news), stored.Options.Mode);
        return new(stored.Options, stored.Status, headers, requestTime, responseTime);
    }

    /// <summary>Returns whether a header describes the stored content, so that a 304 must not change it.</summary>
    internal static bool IsOfContent(string name) =>
        Is(name, "Content-Length") || Is(name, "Content-Encoding") || Is(name, "Content-Type") || Is(name, "Content-Range")
        || Is(name, "Content-MD5") || Is(name, "Content-Digest");

    private static StoredResponse[] Latest(IReadOnlyList<StoredResponse> candidates, Func<StoredResponse, bool> matches) =>
        candidates.Where(matches).MaxBy(stored => stored.Date) is { } latest ? [latest] : [];

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
