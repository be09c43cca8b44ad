using System.Text;
using HttpQuery.Internal;
using HttpQuery.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Conditions;

/// <summary>The preconditions of a request against the validators on its response (§2.6; RFC 9110 §13).</summary>
internal static class RequestPreconditions
{
    private static readonly Func<object, Task> CorrectOnStarting = context =>
    {
        CorrectEntityTag((HttpContext)context);
        return Task.CompletedTask;
    };

    /// <summary>Sets the validators of the response; those that are <see langword="null"/> stay as they are.</summary>
    /// <exception cref="ArgumentException">The tag is not ASCII, which servers do not send.</exception>
    public static void State(HttpContext context, EntityTag? entityTag, DateTimeOffset? lastModified)
    {
        if (entityTag is { } sent && !Ascii.IsValid(sent.Value)) throw new ArgumentException("An entity tag is sent as ASCII.", nameof(entityTag));
        if (!WereStated(context))
        {
            context.Features.Set(Stated.Instance);

            // At a path without QUERY, such as that of an equivalent resource, nobody else looks at the start of the response.
            if (QueryResource.EndpointOf(context) is null) context.Response.OnStarting(CorrectOnStarting, context);
        }
        var headers = context.Response.Headers;
        if (entityTag is { } tag) headers.ETag = tag.ToString();

        // A date in the future would make a validator that no change to come can alter (RFC 9110 §8.8.2.1).
        if (lastModified is { } date) headers.LastModified = HttpDate.Format(Earlier(date, Now(context)));
    }

    /// <summary>Makes the entity tag one of the response that starts now, which a middleware may have coded.</summary>
    public static void CorrectEntityTag(HttpContext context)
    {
        var response = context.Response;
        if (response.StatusCode is >= 400 and not StatusCodes.Status412PreconditionFailed && WereStated(context))
        {
            // They are those of the result, which an error is not.
            response.Headers.ETag = response.Headers.LastModified = StringValues.Empty;
            return;
        }
        if (response.Headers.ETag.ToString() is not ['"', ..] strong) return;

        // One strong tag for coded and plain octets would let a client join parts of both (RFC 9110 §8.8.3.3). A 304 speaks of the response that the client holds, so of its tag.
        if (response.Headers.ContentEncoding.Count > 0 || (response.StatusCode is StatusCodes.Status304NotModified && IsHeldWeakly(context.Request, strong)))
            response.Headers.ETag = "W/" + strong;
    }

    public static PreconditionOutcome Evaluate(HttpContext context)
    {
        var headers = context.Request.Headers;
        var (ifMatch, ifNoneMatch) = (headers.IfMatch, headers.IfNoneMatch);
        var (ifModifiedSince, ifUnmodifiedSince) = (headers.IfModifiedSince, headers.IfUnmodifiedSince);
        if (ifMatch.Count + ifNoneMatch.Count + ifModifiedSince.Count + ifUnmodifiedSince.Count == 0) return PreconditionOutcome.Proceed;

        var (entityTag, lastModified) = ValidatorsOf(context);
        return new Preconditions
        {
            IfMatch = Lines(ifMatch),
            IfNoneMatch = Lines(ifNoneMatch),
            IfModifiedSince = Lines(ifModifiedSince),
            IfUnmodifiedSince = Lines(ifUnmodifiedSince),
        }.Evaluate(IsRetrieval(context.Request.Method), entityTag, lastModified, Now(context));
    }

    /// <summary>Whether a Range applies to the representation as it is now (RFC 9110 §13.1.5).</summary>
    public static bool RangeApplies(HttpContext context)
    {
        var ifRange = context.Request.Headers.IfRange;
        if (ifRange.Count == 0) return true;
        var (entityTag, lastModified) = ValidatorsOf(context);
        return Preconditions.IfRange(Lines(ifRange), entityTag, lastModified, Now(context));
    }

    /// <summary>Answers 304 or 412.</summary>
    public static Task AnswerAsync(HttpContext context, PreconditionOutcome outcome)
    {
        var response = context.Response;
        if (outcome is PreconditionOutcome.PreconditionFailed)
        {
            return QueryProblems.WriteAsync(context, StatusCodes.Status412PreconditionFailed, Refusal.PreconditionFailed,
                "A precondition of the request does not hold for the current result of the query.");
        }

        // What describes content that is not sent (RFC 9110 §15.4.5).
        response.StatusCode = StatusCodes.Status304NotModified;
        response.Headers.ContentType = response.Headers.ContentEncoding = response.Headers.ContentLanguage = StringValues.Empty;
        response.ContentLength = null;
        return Task.CompletedTask;
    }

    private static bool WereStated(HttpContext context) => context.Features.Get<Stated>() is not null;

    private static bool IsHeldWeakly(HttpRequest request, string strong) =>
        request.Headers.IfNoneMatch is { Count: > 0 } held && EntityTag.TryParse(strong, out var tag) && !EntityTagList.Contains(held.ToArray(), tag, strong: true);

    private static (EntityTag? EntityTag, DateTimeOffset? LastModified) ValidatorsOf(HttpContext context)
    {
        var headers = context.Response.Headers;
        return (
            EntityTag.TryParse(headers.ETag.ToString(), out var tag) ? tag : null,
            HttpDate.TryParse(headers.LastModified.ToString(), Now(context), out var date) ? date : null);
    }

    private static bool IsRetrieval(string method) => HttpMethods.IsQuery(method) || HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    private static string?[] Lines(StringValues field) => field.Count == 0 ? [] : field.ToArray();

    private static DateTimeOffset Now(HttpContext context) => (context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private sealed class Stated
    {
        public static readonly Stated Instance = new();
    }
}
