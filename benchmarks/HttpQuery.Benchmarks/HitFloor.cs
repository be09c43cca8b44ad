using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Benchmarks;

/// <summary>What a hit cannot do without: a middleware in the cache's place that reads the request's content to its end, and writes the status, headers and content of a hit from memory.</summary>
internal sealed class HitFloor(RequestDelegate next, ReadOnlyMemory<byte> content)
{
    private static readonly KeyValuePair<string, StringValues>[] Headers = [new("Content-Type", "application/json"), new("Age", "7")];

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Method is not ("GET" or "QUERY"))
        {
            await next(context);
            return;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync();
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        foreach (var (name, value) in Headers) response.Headers[name] = value;
        response.Headers.ContentLength = content.Length;
        await response.Body.WriteAsync(content, context.RequestAborted);
    }
}
