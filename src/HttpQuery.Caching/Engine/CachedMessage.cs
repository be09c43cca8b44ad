using System.Globalization;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>A response from the store in the form that the request asks for: whole, in part, or 304.</summary>
internal sealed class CachedMessage
{
    private const int MaximumRanges = 16;

    private CachedMessage(int status, KeyValuePair<string, StringValues>[] stored, ReadOnlyMemory<byte> content, long? contentLength) =>
        (Status, Stored, Content, ContentLength) = (status, stored, content, contentLength);

    /// <summary>200 or another stored status code; 206, 304 or 416 if the request leads to it.</summary>
    public int Status { get; }

    /// <summary>The headers as they were stored; <c>Content-Length</c> is not among them.</summary>
    public KeyValuePair<string, StringValues>[] Stored { get; }

    /// <summary>The content to send; empty for HEAD.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The value of Content-Length; <see langword="null"/> if there is none (304).</summary>
    public long? ContentLength { get; }

    /// <summary>The value of Age.</summary>
    public string Age { get; private init; } = "";

    /// <summary>The value of Content-Range, if there is one.</summary>
    public string? ContentRange { get; private init; }

    /// <summary>The lines of Cache-Status; none if the cache sends none.</summary>
    public StringValues CacheStatus { get; private init; }

    /// <summary>All headers but Content-Length.</summary>
    public IEnumerable<KeyValuePair<string, StringValues>> Headers
    {
        get
        {
            foreach (var header in Stored) yield return header;
            yield return new("Age", Age);
            if (CacheStatus.Count > 0) yield return new(Caching.Status.CacheStatus.HeaderName, CacheStatus);
            if (ContentRange is not null) yield return new("Content-Range", ContentRange);
        }
    }

    /// <summary>Makes the message for a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stored">The stored response.</param>
    /// <param name="conditional">The result of the request's own conditions.</param>
    /// <param name="status">The lines of Cache-Status.</param>
    /// <param name="now">The current time.</param>
    public static CachedMessage Create(
        CacheRequest request, CachedResponse stored, ConditionalResult conditional, StringValues status, DateTimeOffset now)
    {
        var age = ToSeconds(stored.Response.CurrentAge(now)).ToString(CultureInfo.InvariantCulture);
        if (conditional is ConditionalResult.NotModified)
        {
            KeyValuePair<string, StringValues>[] kept =
                [.. stored.SentHeaders.Where(header => !ValidationRules.IsOfContent(header.Key) && !Is(header.Key, "Content-Language"))];
            return new(304, kept, default, null) { Age = age, CacheStatus = status };
        }
        if (request.Method is "HEAD")
            return new(stored.Response.Status, stored.SentHeaders, default, stored.Content.Length) { Age = age, CacheStatus = status };
        return InPart(request, stored, age, status, now)
            ?? new(stored.Response.Status, stored.SentHeaders, stored.Content, stored.Content.Length) { Age = age, CacheStatus = status };
    }

    /// <summary>An age in whole seconds, as the Age header states it.</summary>
    public static long ToSeconds(TimeSpan age) => (long)age.TotalSeconds;

    // Serves one range. A request for several ranges gets the whole response (RFC 9110 §14.2 leaves that open).
    private static CachedMessage? InPart(CacheRequest request, CachedResponse stored, string age, StringValues status, DateTimeOffset now)
    {
        var (response, range) = (stored.Response, request.Headers["Range"]);
        if (range.Count != 1 || response.Status != 200 || range[0].AsSpan().Count(',') >= MaximumRanges) return null;
        if (!Preconditions.IfRange(request.Headers["If-Range"].ToArray(), response.EntityTag, response.LastModified, now)) return null;

        var length = stored.Content.Length;
        switch (ByteRangeSet.Resolve(range[0], length, MaximumRanges, out var ranges))
        {
            case ByteRangeOutcome.Satisfiable when ranges is [var only]:
                return new(206, stored.SentHeaders, stored.Content.Slice((int)only.First, (int)only.Length), only.Length)
                {
                    Age = age,
                    CacheStatus = status,
                    ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {only.First}-{only.Last}/{length}"),
                };
            case ByteRangeOutcome.Unsatisfiable:
                return new(416, [.. stored.SentHeaders.Where(header => !ValidationRules.IsOfContent(header.Key))], default, 0)
                {
                    Age = age,
                    CacheStatus = status,
                    ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}"),
                };
            default:
                return null;
        }
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
