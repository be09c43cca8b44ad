using Yarp.ReverseProxy.Forwarder;

namespace QueryGateway.Forwarding;

/// <summary>Explains what the forwarder and the cache leave without content: 502 and 504 (RFC 9110 §15.6.3, §15.6.5), and 400, 408 or 413 where the client's content did not come whole.</summary>
internal static class FailureAnswer
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        if (context.Features.Get<IForwarderErrorFeature>() is not { } failure || response.HasStarted || context.RequestAborted.IsCancellationRequested) return;

        // A stored response that stands in for the origin's has a length.
        if (response.StatusCode >= 400 && response.ContentLength is null) await Results.Problem(Detail(response.StatusCode, failure.Error), statusCode: response.StatusCode).ExecuteAsync(context);
    }

    private static string Detail(int status, ForwarderError error) => status switch
    {
        StatusCodes.Status502BadGateway when error is ForwarderError.ResponseHeaders => "The origin's response cannot be forwarded, because its end or its headers are not as HTTP/1.1 requires.",
        StatusCodes.Status502BadGateway => "The origin cannot be reached, or gave no whole answer.",
        StatusCodes.Status504GatewayTimeout => "The origin has not answered in time.",
        _ => "The content of the request did not come whole.",
    };
}
