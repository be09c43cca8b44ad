using HttpQuery.Caching.Internal;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>Conditional requests, those that a cache sends and those that it receives (RFC 9111 §4.3).</summary>
internal static class ValidationRules
{
    /// <summary>The conditions by which a stored response is validated (RFC 9111 §4.3.1), as the origin spelled its validators. They take
    /// the place of If-None-Match and If-Modified-Since of the request.</summary>
    public static ValidationConditions Conditions(StoredResponse stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return new(
            stored.EntityTag is null ? null : stored.Fields["ETag"].First(),
            stored.LastModified is null ? null : stored.Fields["Last-Modified"].First());
    }

    /// <summary>Evaluates the conditions of a GET or QUERY against a stored response that may be used, without allocating (RFC 9111
    /// §4.3.2; RFC 10008 §2.6).</summary>
    /// <param name="request">The fields of the request.</param>
    /// <param name="stored">The response. One without Last-Modified is taken as modified at its <see cref="StoredResponse.Date"/>; one
    /// that is no 2xx is no answer to conditions (RFC 9110 §13.2.1).</param>
    /// <param name="now">The current time, by which dates are read.</param>
    public static ConditionalAnswer Answer(IFieldLines request, StoredResponse stored, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(stored);
        if (request["If-Match"].Count > 0 || request["If-Unmodified-Since"].Count > 0) return ConditionalAnswer.Forward;
        if (stored.Status is not (>= 200 and <= 299)) return ConditionalAnswer.Stored;

        string? singleTag = null, singleDate = null;
        var conditions = new Preconditions
        {
            IfNoneMatch = request["If-None-Match"].AsSpan(ref singleTag),
            IfModifiedSince = request["If-Modified-Since"].AsSpan(ref singleDate),
        };
        var outcome = conditions.Evaluate(isRetrieval: true, stored.EntityTag, stored.LastModified ?? stored.Date, now);
        return outcome is PreconditionOutcome.NotModified ? ConditionalAnswer.NotModified : ConditionalAnswer.Stored;
    }

    /// <summary>The stored responses that a 304 speaks of (RFC 9111 §4.3.4).</summary>
    /// <param name="notModified">The fields of the 304: its strong entity tag names every response that has it; else a weak one, else
    /// Last-Modified, the latest that has it. One without validator speaks of the only candidate there is: the condition that it answers
    /// was made from that one.</param>
    /// <param name="candidates">What the request could have selected, and was asked about.</param>
    /// <returns>None where the 304 speaks of something else: the request is to be sent again without conditions of ours.</returns>
    public static IReadOnlyList<StoredResponse> SelectForUpdate(IFieldLines notModified, params IReadOnlyList<StoredResponse> candidates)
    {
        ArgumentNullException.ThrowIfNull(notModified);
        ArgumentNullException.ThrowIfNull(candidates);
        if (notModified["ETag"].First() is { } text && EntityTag.TryParse(text, out var tag))
        {
            return tag.IsWeak
                ? Latest(candidates, stored => stored.EntityTag is { } other && other.WeakEquals(tag))
                : [.. candidates.Where(stored => stored.EntityTag is { } other && other.StrongEquals(tag))];
        }

        // By the clock of each candidate: a year of two digits is read alike in both.
        if (notModified["Last-Modified"].Count > 0)
            return Latest(candidates, stored => FreshnessRules.TryLastModified(notModified, stored.ResponseTime, out var modified)
                && stored.LastModified == modified);
        return candidates.Count == 1 ? candidates : [];
    }

    /// <summary>The stored response with what a 304 says anew (RFC 9111 §3.2, §4.3.4).</summary>
    /// <param name="stored">A response that <see cref="SelectForUpdate"/> told.</param>
    /// <param name="notModified">The fields of the 304. They take the place of those stored, but for those of the connection and of
    /// proxies, and those that describe the stored content: Content-Length, -Encoding, -Type, -Range, -MD5 and -Digest. Where the 304 has
    /// no Age or no Date, those stored are of no more use: the response has just been validated.</param>
    /// <param name="requestTime">When the conditional request was sent.</param>
    /// <param name="responseTime">When the 304 was received.</param>
    /// <returns>Another response; whether it may be kept, <see cref="StorageRules.Decide"/> tells from its fields, which may say
    /// <c>no-store</c> now.</returns>
    public static StoredResponse Freshen(
        StoredResponse stored,
        IEnumerable<KeyValuePair<string, StringValues>> notModified,
        DateTimeOffset requestTime,
        DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var received = new StoredFields(notModified);
        var connection = received["Connection"];
        var news = received.Where(field => !IsOfContent(field.Key) && StorageRules.IsStored(field.Key, connection)).ToList();
        if (!news.Exists(field => Is(field.Key, "Date"))) news.Add(new("Date", HttpDate.Format(responseTime)));

        var replaced = new HashSet<string>(news.Select(field => field.Key), StringComparer.OrdinalIgnoreCase) { "Age" };
        var kept = stored.Fields.Where(field => !replaced.Contains(field.Key));
        var fields = StorageRules.SelectFields(kept.Concat(news), stored.Options.Mode);
        return new(stored.Options, stored.Status, fields, requestTime, responseTime);
    }

    /// <summary>Tells whether a field describes the stored content, so that no 304 changes it.</summary>
    internal static bool IsOfContent(string name) =>
        Is(name, "Content-Length") || Is(name, "Content-Encoding") || Is(name, "Content-Type") || Is(name, "Content-Range")
        || Is(name, "Content-MD5") || Is(name, "Content-Digest");

    private static StoredResponse[] Latest(IReadOnlyList<StoredResponse> candidates, Func<StoredResponse, bool> matches) =>
        candidates.Where(matches).MaxBy(stored => stored.Date) is { } latest ? [latest] : [];

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
