using HttpQuery.Internal;
using HttpQuery.Routing;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Pipeline;

/// <summary>Keeps <c>UseExceptionHandler</c> from making a 500 of what Kestrel has to say of the content of a QUERY: longer than it takes, broken off, too slow.</summary>
/// <remarks>Without that middleware Kestrel answers with the bare status by itself.</remarks>
internal sealed class UnreadableContentHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsOfServer(exception) || !HttpMethods.IsQuery(httpContext.Request.Method) || QueryResource.EndpointOf(httpContext) is null) return false;
        await UnreadableContent.TryAnswer(httpContext, exception)!;
        return true;
    }

    // Any other was thrown by the application, or by parameter binding in Development for the developer to see.
#pragma warning disable CS0618 // Obsolete, yet it is the one that Kestrel throws, and nobody else.
    private static bool IsOfServer(Exception exception) => exception is Microsoft.AspNetCore.Server.Kestrel.Core.BadHttpRequestException;
#pragma warning restore CS0618
}
