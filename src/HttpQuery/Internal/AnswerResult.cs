using Microsoft.AspNetCore.Http;

namespace HttpQuery.Internal;

/// <summary>An answer of ours as a result.</summary>
internal sealed class AnswerResult(Func<HttpContext, Task> write) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => write(httpContext);
}
