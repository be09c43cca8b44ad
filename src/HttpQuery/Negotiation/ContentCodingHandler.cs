using HttpQuery.Diagnostics;
using HttpQuery.Problems;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Negotiation;

/// <summary>Rejects content whose coding no middleware has removed (415 with <c>Accept-Encoding</c>, RFC 9110 §15.5.16), and content whose
/// coding turns out to be broken while a middleware removes it.</summary>
/// <remarks>Request decompression runs between routing and the endpoint, and removes <c>Content-Encoding</c> together with the coding. If
/// the header is still there, the endpoint would misread the content.</remarks>
internal static class ContentCodingHandler
{
    /// <summary>Returns the handler for requests that came with a content coding.</summary>
    public static RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        if (context.Request.Headers.ContentEncoding is { Count: > 0 } coding)
            return IsIdentity(coding.ToString()) ? next(context) : RejectAsync(context);
        return DecodeAsync(next, context);
    };

    // The framework's parameter binding responds like this by itself in most cases; a handler that reads the content would cause a 500.
    private static async Task DecodeAsync(RequestDelegate next, HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var decoder = request.Body;
        var content = new DecodingStream(decoder);
        request.Body = content;
        try
        {
            await next(context);
        }
        catch (Exception) when (content.Failure is not null && !response.HasStarted)
        {
            await UnreadableContentProblem.TryWrite(context, content.Failure)!;
            return;
        }
        finally
        {
            request.Body = decoder;
        }

        // Parameter binding sets only the status.
        if (content.Failure is { } failure
            && response is { HasStarted: false, ContentLength: null, ContentType: null }
            && response.StatusCode == failure.StatusCode)
            await UnreadableContentProblem.TryWrite(context, failure)!;
    }

    private static bool IsIdentity(string coding) => coding.Length == 0 || coding.Equals("identity", StringComparison.OrdinalIgnoreCase);

    private static Task RejectAsync(HttpContext context)
    {
        var supported = SupportedBy(context.RequestServices);
        context.Response.Headers.AcceptEncoding = supported;
        return ProblemWriter.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, RejectionReason.UnsupportedCoding,
            $"The content coding is not supported. This resource accepts: {supported}");
    }

    // The codings of UseRequestDecompression, if its services are registered.
    private static string SupportedBy(IServiceProvider services) =>
        services.GetService<IRequestDecompressionProvider>() is null
            ? "identity"
            : string.Join(", ",
                services.GetRequiredService<IOptions<RequestDecompressionOptions>>().Value.DecompressionProviders.Keys.Order());
}
