using HttpQuery.Diagnostics;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Equivalents;

/// <summary>The problems of requests to equivalent resources (RFC 10008 §2.4: such a URI may be temporary).</summary>
internal static class EquivalentProblems
{
    public static Task WriteUnknownAsync(HttpContext context)
    {
        ForbidStoring(context);
        return ProblemWriter.WriteAsync(
            context, StatusCodes.Status404NotFound, RejectionReason.UnknownLocation,
            "No query or result is known by this URI, or no longer. Send the QUERY again.");
    }

    public static Task WriteExpiredAsync(HttpContext context) =>
        ProblemWriter.WriteAsync(
            context, StatusCodes.Status410Gone, RejectionReason.ExpiredResult, "The result has expired. Send the QUERY again.");

    public static Task WriteUnavailableAsync(HttpContext context)
    {
        ForbidStoring(context);
        context.Response.Headers.RetryAfter = "1";
        return ProblemWriter.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, RejectionReason.LocationStoreUnavailable,
            "What this URI names cannot be read now. Send the QUERY again.");
    }

    public static Task WriteMethodNotAllowedAsync(HttpContext context)
    {
        context.Response.Headers.Allow = "GET, HEAD, OPTIONS";
        return ProblemWriter.WriteAsync(
            context, StatusCodes.Status405MethodNotAllowed, RejectionReason.MethodNotAllowed,
            "The method is not supported. This resource allows: GET, HEAD, OPTIONS");
    }

    // The URI may be known again after the next QUERY.
    private static void ForbidStoring(HttpContext context) => context.Response.OnStarting(() =>
    {
        ResponseSharing.ForbidStoring(context.Response.Headers);
        return Task.CompletedTask;
    });
}
