using HttpQuery.Http;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Pipeline;

/// <summary>Keeps <c>UseExceptionHandler</c> from turning Kestrel's errors about the content of a QUERY into
/// a 500: too long, broken off, too slow.</summary>
/// <remarks>Without that middleware, Kestrel sends the bare status by itself.</remarks>
internal sealed class UnreadableContentExceptionHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsServerException(exception) || !HttpMethods.IsQuery(httpContext.Request.Method)
            || QueryResourceHeaders.FindEndpoint(httpContext) is null)
            return false;
        await UnreadableContentProblem.TryWrite(httpContext, exception)!;
        return true;
    }

    // The application threw any other exception, or parameter binding did in Development, for the developer to see.
#pragma warning disable CS0618 // Obsolete, but Kestrel throws this type, and only Kestrel does.
    private static bool IsServerException(Exception exception) =>
        exception is Microsoft.AspNetCore.Server.Kestrel.Core.BadHttpRequestException;
#pragma warning restore CS0618
}
