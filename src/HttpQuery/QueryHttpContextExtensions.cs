using HttpQuery.CacheKeys;
using HttpQuery.Conditions;
using HttpQuery.Internal;
using HttpQuery.Negotiation;
using HttpQuery.SharedCache;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery;

/// <summary>What a handler asks about the QUERY at hand.</summary>
public static class QueryHttpContextExtensions
{
    /// <summary>States the validators of the response before the handler works, and tells whether it need not work at all (RFC 10008 §2.6).</summary>
    /// <remarks>
    /// <para>Sends <c>ETag</c> and <c>Last-Modified</c>, and holds <c>If-Match</c>, <c>If-None-Match</c>, <c>If-Modified-Since</c> and
    /// <c>If-Unmodified-Since</c> against them in the order of RFC 9110 §13.2.2. Set <c>Location</c>, <c>Cache-Control</c> and the like before: a 304 repeats them.</para>
    /// <para>Call it when the query has been read and found good. Content that nobody has read yet is read here, up to
    /// <see cref="HttpQueryOptions.MaximumBufferedContentLength"/>, and can be read again by the handler; conditions on longer content are not evaluated.</para>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="entityTag">The entity tag of the result that this query has now, or <see langword="null"/>.</param>
    /// <param name="lastModified">When that result last changed, or <see langword="null"/>; a time to come is sent as now.</param>
    /// <returns>The result to return instead of working: 304, or 412 with problem details (400, 408, 413 where the content cannot be read);
    /// <see langword="null"/>: go on.</returns>
    /// <example><code>
    /// app.MapQuery("/rfcs", async (RfcQuery query, HttpContext context) =>
    ///     Refuse(query) ?? await context.CheckConditionsAsync(new EntityTag("2026-06")) ?? Results.Ok(Search(query)));
    /// </code></example>
    public static async ValueTask<IResult?> CheckConditionsAsync(this HttpContext context, EntityTag? entityTag = null, DateTimeOffset? lastModified = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var outcome = PreconditionOutcome.Proceed;
        try
        {
            // Validators belong to target and content (§2.6): without all of the content there is nothing to compare.
            var wasRead = WasQueryContentRead(context);
            if (wasRead is true) IsAnswered();
            else if (wasRead is null) await BufferedContent.WaitAsync(context, context.RequestServices.GetRequiredService<IOptions<HttpQueryOptions>>().Value.MaximumBufferedContentLength, IsAnswered);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException)
        {
            return new AnswerResult(answered => UnreadableContent.TryAnswer(answered, exception)!);
        }
        return outcome is PreconditionOutcome.Proceed ? null : new AnswerResult(answered => RequestPreconditions.AnswerAsync(answered, outcome));

        bool IsAnswered()
        {
            RequestPreconditions.State(context, entityTag, lastModified);
            outcome = RequestPreconditions.Evaluate(context);
            return outcome is not PreconditionOutcome.Proceed;
        }
    }

    /// <summary>Makes an entity tag of a version, such as the state of a database, and of this query (RFC 10008 §2.6): another query of the same
    /// version has another tag.</summary>
    /// <remarks>The endpoint needs <c>.WithQueryKey()</c>. Target and host are part of the query: where a proxy changes them, the tag changes too.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="version">Changes when the result of any query may have changed.</param>
    /// <param name="isWeak">Whether results of one tag may differ in their octets.</param>
    /// <returns>128 bits of a SHA-256, in base64url; <see langword="null"/> where the content is longer than <see cref="HttpQueryOptions.MaximumBufferedContentLength"/>,
    /// or was read before.</returns>
    /// <exception cref="InvalidOperationException">The endpoint has no <c>.WithQueryKey()</c>.</exception>
    public static EntityTag? CreateEntityTag(this HttpContext context, string version, bool isWeak = false)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (context.GetQueryKey() is not { } key) return null;

        // Neither the media type nor the language of the response is part of the query, but one query may have results in several.
        var culture = context.Features.Get<IRequestCultureFeature>()?.RequestCulture;
        Span<byte> octets = stackalloc byte[QueryCacheKey.Length];
        key.CopyTo(octets);
        return ComputedEntityTag.Create($"{context.GetNegotiatedMediaType()}\n{culture?.Culture.Name}\n{culture?.UICulture.Name}\n{version}", octets, isWeak);
    }

    /// <summary>The key of this query (RFC 10008 §2.7, docs/cache-key.md): target, content and what describes the content.</summary>
    /// <remarks>The endpoint needs <c>.WithQueryKey()</c>.</remarks>
    /// <returns><see langword="null"/> where the content is longer than <see cref="HttpQueryOptions.MaximumBufferedContentLength"/>, or was read before, by a middleware say.</returns>
    /// <exception cref="InvalidOperationException">The endpoint has no <c>.WithQueryKey()</c>.</exception>
    public static QueryCacheKey? GetQueryKey(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<QueryKeyFeature>() is { } feature
            ? feature.Key
            : throw new InvalidOperationException("The content was not read ahead, so the query has no key. Add .WithQueryKey() to the QUERY endpoint.");
    }

    /// <summary>The media type to respond with: the one that the request prefers of those that the endpoint states with <c>.WithProduces(…)</c>
    /// (RFC 10008 §2.1, RFC 9110 §12.5.1).</summary>
    /// <returns>As stated; <see langword="null"/> where the endpoint states none.</returns>
    public static string? GetNegotiatedMediaType(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<NegotiatedMediaType>()?.Text;
    }

    /// <summary>Keeps the response to this request out of the shared cache, for example because the application cannot tell whether it is whole.</summary>
    /// <remarks>Call it behind <c>UseHttpQueryCache()</c>, before the response ends. Without a cache it has no effect. Stored responses stay.</remarks>
    public static void DisableQueryCacheStorage(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Features.Get<CachePlace>() is { } place) place.IsStorageDisabled = true;
    }

    // Whether it has been read already; null where nobody has.
    private static bool? WasQueryContentRead(HttpContext context)
    {
        if (!HttpMethods.IsQuery(context.Request.Method)) return true;
        if (context.Features.Get<QueryKeyFeature>() is { } keyed) return keyed.Key is not null;
        return context.Features.Get<RetainedContent>() is { Content.WasRead: true } || context.Features.Get<IFormFeature>() is { Form: not null } ? true : null;
    }
}
