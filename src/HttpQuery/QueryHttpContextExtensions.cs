using HttpQuery.Conditions;
using HttpQuery.Negotiation;
using HttpQuery.Problems;
using HttpQuery.RequestBody;
using HttpQuery.ResponseBody;
using HttpQuery.SharedCache;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery;

/// <summary>Methods that a handler calls for the current QUERY.</summary>
public static class QueryHttpContextExtensions
{
    /// <summary>Sets the validators of the response before the handler works, and tells whether the
    /// handler can skip its work (RFC 10008 §2.6).</summary>
    /// <remarks>
    /// <para>Sends <c>ETag</c> and <c>Last-Modified</c>, and compares <c>If-Match</c>, <c>If-None-Match</c>, <c>If-Modified-Since</c> and
    /// <c>If-Unmodified-Since</c> with them in the order of RFC 9110 §13.2.2. Set <c>Location</c>, <c>Cache-Control</c> and similar
    /// headers before this call: a 304 repeats them.</para>
    /// <para>Call it after the query has been read and validated. Unread content is read here, up to
    /// <see cref="HttpQueryOptions.MaximumBufferedContentLength"/>, and the handler can read it again.
    /// Conditions on longer content are not evaluated.</para>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="entityTag">Entity tag of the current result of this query, or <see langword="null"/>.</param>
    /// <param name="lastModified">Time when that result last changed, or <see langword="null"/>; a
    /// future time is sent as the current time.</param>
    /// <returns>The result to return instead of working: 304, or 412 with problem details (400, 408, 413 if the content cannot be read).
    /// <see langword="null"/> means: continue.</returns>
    /// <example><code>
    /// app.MapQuery("/rfcs", async (RfcQuery query, HttpContext context) =>
    ///     Refuse(query) ?? await context.CheckConditionsAsync(new EntityTag("2026-06")) ?? Results.Ok(Search(query)));
    /// </code></example>
    public static async ValueTask<IResult?> CheckConditionsAsync(
        this HttpContext context, EntityTag? entityTag = null, DateTimeOffset? lastModified = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var outcome = PreconditionOutcome.Proceed;
        try
        {
            // Validators belong to target and content (§2.6): without the whole content there is nothing to compare.
            var wasRead = WasQueryContentRead(context);
            if (wasRead is true) IsResponseDecided();
            else if (wasRead is null)
                await BufferedContent.WaitAsync(
                    context,
                    context.RequestServices.GetRequiredService<IOptions<HttpQueryOptions>>().Value.MaximumBufferedContentLength,
                    IsResponseDecided);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException)
        {
            return new DelegateResult(http => UnreadableContentProblem.TryWrite(http, exception)!);
        }
        return outcome is PreconditionOutcome.Proceed
            ? null
            : new DelegateResult(http => RequestPreconditions.WriteAsync(http, outcome));

        bool IsResponseDecided()
        {
            RequestPreconditions.SetValidators(context, entityTag, lastModified);
            outcome = RequestPreconditions.Evaluate(context);
            return outcome is not PreconditionOutcome.Proceed;
        }
    }

    /// <summary>Creates an entity tag from a version, such as the state of a database, and from this query (RFC 10008 §2.6). Another
    /// query of the same version gets another tag.</summary>
    /// <remarks>The endpoint needs <c>.WithQueryKey()</c>. Target and host are part of the query: if a
    /// proxy changes them, the tag changes too.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="version">Changes when the result of any query may have changed.</param>
    /// <param name="isWeak">Whether results with the same tag may differ in their bytes.</param>
    /// <returns>128 bits of a SHA-256, in base64url; <see langword="null"/> if the content is longer than
    /// <see cref="HttpQueryOptions.MaximumBufferedContentLength"/>, or was read before.</returns>
    /// <exception cref="InvalidOperationException">The endpoint has no <c>.WithQueryKey()</c>.</exception>
    public static EntityTag? CreateEntityTag(this HttpContext context, string version, bool isWeak = false)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (context.GetQueryKey() is not { } key) return null;

        // The media type and the language of the response are not part of the query, but one query may have results in several.
        var culture = context.Features.Get<IRequestCultureFeature>()?.RequestCulture;
        Span<byte> bytes = stackalloc byte[QueryCacheKey.Length];
        key.CopyTo(bytes);
        return ComputedEntityTag.Create(
            $"{context.GetNegotiatedMediaType()}\n{culture?.Culture.Name}\n{culture?.UICulture.Name}\n{version}",
            bytes, isWeak);
    }

    /// <summary>Returns the key of this query (RFC 10008 §2.7, docs/cache-key.md): target, content and
    /// the headers that describe the content.</summary>
    /// <remarks>The endpoint needs <c>.WithQueryKey()</c>.</remarks>
    /// <returns><see langword="null"/> if the content is longer than <see cref="HttpQueryOptions.MaximumBufferedContentLength"/>, or was
    /// read before, for example by a middleware.</returns>
    /// <exception cref="InvalidOperationException">The endpoint has no <c>.WithQueryKey()</c>.</exception>
    public static QueryCacheKey? GetQueryKey(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<QueryKeyFeature>() is { } feature
            ? feature.Key
            : throw new InvalidOperationException(
                "The content was not read ahead, so the query has no key. Add .WithQueryKey() to the QUERY endpoint.");
    }

    /// <summary>Returns the media type to respond with: the one that the request prefers among those that the endpoint declares with
    /// <c>.WithProduces(…)</c> (RFC 10008 §2.1, RFC 9110 §12.5.1).</summary>
    /// <returns>The media type as declared; <see langword="null"/> if the endpoint declares none.</returns>
    public static string? GetNegotiatedMediaType(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<NegotiatedMediaTypeFeature>()?.Text;
    }

    /// <summary>Keeps the response to this request out of the shared cache, for example because the
    /// application cannot tell whether it is complete.</summary>
    /// <remarks>Call it behind <c>UseHttpQueryCache()</c>, before the response ends. Without a cache it has no effect.
    /// Responses that are already stored stay.</remarks>
    public static void DisableQueryCacheStorage(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Features.Get<CacheFeature>() is { } feature) feature.IsStorageDisabled = true;
    }

    // Whether the content has been read already; null if no code has read it.
    private static bool? WasQueryContentRead(HttpContext context)
    {
        if (!HttpMethods.IsQuery(context.Request.Method)) return true;
        if (context.Features.Get<QueryKeyFeature>() is { } keyed) return keyed.Key is not null;
        return context.Features.Get<RetainedContentFeature>() is { Content.WasRead: true }
            || context.Features.Get<IFormFeature>() is { Form: not null }
                ? true
                : null;
    }
}
