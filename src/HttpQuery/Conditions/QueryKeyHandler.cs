using HttpQuery.CacheKeys;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Conditions;

/// <summary>Reads the content before the handler runs, and keeps the key of the query for the handler (§2.6, §2.7).</summary>
internal sealed class QueryKeyHandler(RequestDelegate next, int maximumLength)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            var scheme = context.RequestServices.GetRequiredService<QueryCacheKeyScheme>();
            context.Features.Set(new QueryKeyFeature(await QueryKeyReader.ReadAsync(context, scheme, maximumLength)));
        }
        catch (Exception exception) when (UnreadableContentProblem.TryWrite(context, exception) is { } writing)
        {
            await writing;
            return;
        }
        await next(context);
    }
}
