using System.Text;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Conditions;

/// <summary>Compares the preconditions of a request with the validators on its response (§2.6; RFC 9110 §13).</summary>
internal static class RequestPreconditions
{
    private static readonly Func<object, Task> CorrectOnStarting = context =>
    {
        CorrectEntityTag((HttpContext)context);
        return Task.CompletedTask;
    };

    /// <summary>Sets the validators of the response; a <see langword="null"/> validator leaves the current value.</summary>
    /// <exception cref="ArgumentException">The tag is not ASCII; servers do not send such a tag.</exception>
    public static void SetValidators(HttpContext context, EntityTag? entityTag, DateTimeOffset? lastModified)
    {
        if (entityTag is { } sent && !Ascii.IsValid(sent.Value))
            throw new ArgumentException("An entity tag must be ASCII.", nameof(entityTag));
        if (!WereValidatorsSet(context))
        {
            context.Features.Set(ValidatorsMark.Instance);

            // On a path without QUERY, such as that of an equivalent resource, no other code corrects the tag when the response starts.
            if (QueryResourceHeaders.FindEndpoint(context) is null) context.Response.OnStarting(CorrectOnStarting, context);
        }
        var headers = context.Response.Headers;
        if (entityTag is { } tag) headers.ETag = tag.ToString();

        // A future date would be a validator that no coming change can alter (RFC 9110 §8.8.2.1).
        if (lastModified is { } date) headers.LastModified = HttpDate.Format(Earlier(date, Now(context)));
    }

    /// <summary>Corrects the entity tag for the response that starts now, which a middleware may have encoded.</summary>
    public static void CorrectEntityTag(HttpContext context)
    {
        var response = context.Response;
        if (response.StatusCode is >= 400 and not StatusCodes.Status412PreconditionFailed && WereValidatorsSet(context))
        {
            // The validators belong to the result, and an error is not the result.
            response.Headers.ETag = response.Headers.LastModified = StringValues.Empty;
            return;
        }
        if (response.Headers.ETag.ToString() is not ['"', ..] strong) return;

        // One strong tag for encoded and plain bytes would let a client join parts of both (RFC 9110 §8.8.3.3).
        // A 304 is about the response that the client holds, so it uses that response's tag.
        if (response.Headers.ContentEncoding.Count > 0
            || (response.StatusCode is StatusCodes.Status304NotModified && IsHeldWeakly(context.Request, strong)))
            response.Headers.ETag = "W/" + strong;
    }

    public static PreconditionOutcome Evaluate(HttpContext context)
    {
        var headers = context.Request.Headers;
        var (ifMatch, ifNoneMatch) = (headers.IfMatch, headers.IfNoneMatch);
        var (ifModifiedSince, ifUnmodifiedSince) = (headers.IfModifiedSince, headers.IfUnmodifiedSince);
        if (ifMatch.Count + ifNoneMatch.Count + ifModifiedSince.Count + ifUnmodifiedSince.Count == 0) return PreconditionOutcome.Proceed;

        var (entityTag, lastModified) = GetValidators(context);
        return new Preconditions
        {
            IfMatch = Lines(ifMatch),
            IfNoneMatch = Lines(ifNoneMatch),
            IfModifiedSince = Lines(ifModifiedSince),
            IfUnmodifiedSince = Lines(ifUnmodifiedSince),
        }.Evaluate(IsRetrieval(context.Request.Method), entityTag, lastModified, Now(context));
    }

    /// <summary>Whether a Range applies to the current representation (RFC 9110 §13.1.5).</summary>
    public static bool RangeApplies(HttpContext context)
    {
        var ifRange = context.Request.Headers.IfRange;
        if (ifRange.Count == 0) return true;
        var (entityTag, lastModified) = GetValidators(context);
        return Preconditions.IfRange(Lines(ifRange), entityTag, lastModified, Now(context));
    }

    /// <summary>Sends 304 or 412.</summary>
    public static Task WriteAsync(HttpContext context, PreconditionOutcome outcome)
    {
        var response = context.Response;
        if (outcome is PreconditionOutcome.PreconditionFailed)
        {
            return ProblemWriter.WriteAsync(context, StatusCodes.Status412PreconditionFailed, RejectionReason.PreconditionFailed,
                "A precondition of the request does not hold for the current result of the query.");
        }

        // Removes the headers that describe content, because a 304 has none (RFC 9110 §15.4.5).
        response.StatusCode = StatusCodes.Status304NotModified;
        response.Headers.ContentType = response.Headers.ContentEncoding = response.Headers.ContentLanguage = StringValues.Empty;
        response.ContentLength = null;
        return Task.CompletedTask;
    }

    private static bool WereValidatorsSet(HttpContext context) => context.Features.Get<ValidatorsMark>() is not null;

    private static bool IsHeldWeakly(HttpRequest request, string strong) =>
        request.Headers.IfNoneMatch is { Count: > 0 } held
            && EntityTag.TryParse(strong, out var tag)
            && !EntityTagList.Contains(held.ToArray(), tag, strong: true);

    private static (EntityTag? EntityTag, DateTimeOffset? LastModified) GetValidators(HttpContext context)
    {
        var headers = context.Response.Headers;
        return (
            EntityTag.TryParse(headers.ETag.ToString(), out var tag) ? tag : null,
            HttpDate.TryParse(headers.LastModified.ToString(), Now(context), out var date) ? date : null);
    }

    private static bool IsRetrieval(string method) =>
        HttpMethods.IsQuery(method) || HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static string?[] Lines(StringValues header) => header.Count == 0 ? [] : header.ToArray();

    private static DateTimeOffset Now(HttpContext context) =>
        (context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private sealed class ValidatorsMark
    {
        public static readonly ValidatorsMark Instance = new();
    }
}
