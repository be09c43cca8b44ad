using Microsoft.AspNetCore.Http;

namespace HttpQuery.ResponseBody;

/// <summary>A result that writes a response of this package.</summary>
internal sealed class DelegateResult(Func<HttpContext, Task> write) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => write(httpContext);
}
