namespace KubeList.Errors;

/// <summary>Stands where the platform's problem details would be written, and writes a <c>Status</c>.</summary>
/// <remarks>So what routing, the query rules and the exception handler decide comes in the one form that Kubernetes clients read.</remarks>
internal sealed class StatusProblemDetailsService : IProblemDetailsService
{
    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        var code = problem.Status ?? context.HttpContext.Response.StatusCode;
        var message = problem.Detail ?? code switch
        {
            StatusCodes.Status404NotFound => "the server could not find the requested resource",
            StatusCodes.Status405MethodNotAllowed => "the server does not allow this method on the requested resource",
            >= 500 => "an error on the server has prevented the request from succeeding",
            _ => problem.Title ?? KubeStatus.ReasonOf(code),
        };
        return new(StatusWriter.WriteAsync(context.HttpContext, new(code, KubeStatus.ReasonOf(code), message)));
    }

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        await WriteAsync(context);
        return true;
    }
}
