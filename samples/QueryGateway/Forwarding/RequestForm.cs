using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace QueryGateway.Forwarding;

/// <summary>Brings each request into the form in which it is looked up and forwarded, or answers it where it is not to be forwarded.</summary>
/// <remarks>It stands before the cache: a field that the origin never sees must not choose what is stored for others.</remarks>
internal static class RequestForm
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var (request, feature) = (context.Request, context.Features.GetRequiredFeature<IHttpRequestFeature>());

        // The server as a whole is asked, and that is the gateway (RFC 9112 §3.2.4).
        if (feature.RawTarget is "*") return AnswerAsync(context, StatusCodes.Status204NoContent);

        if (HttpMethods.IsConnect(request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true })
            return Results.Problem("This is a gateway to one origin, and no tunnel.", statusCode: StatusCodes.Status501NotImplemented).ExecuteAsync(context);

        // The server takes chunks apart and leaves other codings on, which would be forwarded unnamed (RFC 9112 §6.1).
        if (request.Headers.TransferEncoding is { Count: > 0 } coding && !string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase))
            return Results.Problem("Content comes in chunks, in no other transfer coding.", statusCode: StatusCodes.Status501NotImplemented).ExecuteAsync(context);

        if (request.Method is "OPTIONS" or "TRACE" && !MayForward(request.Headers))
        {
            if (request.Method is "OPTIONS") return AnswerAsync(context, StatusCodes.Status204NoContent);
            return Results.Problem("TRACE is not answered here.", statusCode: StatusCodes.Status501NotImplemented).ExecuteAsync(context);
        }

        ConnectionFields.Remove(request.Headers, request.Headers.Connection);

        // An upgrade is a GET's; another method would be forwarded as one.
        if (request.Method is not ("GET" or "CONNECT")) request.Headers.Remove("Upgrade");

        // What the server has decoded is of no use here, and differs with the form of the target.
        var target = OriginForm(feature.RawTarget);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        feature.RawTarget = target;
        feature.Path = query < 0 ? target : target[..query];
        feature.QueryString = query < 0 ? "" : target[query..];
        return next(context);
    }

    /// <summary>The target as an origin is sent it (RFC 9112 §3.2.1); path and query are not touched.</summary>
    internal static string OriginForm(string target)
    {
        if (target is ['/', ..]) return target;
        var authority = target.IndexOf("://", StringComparison.Ordinal) + 3;
        var path = target.AsSpan(authority).IndexOfAny('/', '?');
        if (path < 0) return "/";
        return target[authority + path] is '/' ? target[(authority + path)..] : $"/{target.AsSpan(authority + path)}";
    }

    // RFC 9110 §7.6.2: the one that counts to zero answers.
    private static bool MayForward(IHeaderDictionary fields)
    {
        if (!int.TryParse(fields.MaxForwards, NumberStyles.None, CultureInfo.InvariantCulture, out var rest)) return true;
        if (rest == 0) return false;
        fields.MaxForwards = (rest - 1).ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
