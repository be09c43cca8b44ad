using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Problems;

/// <summary>Problems in place of a result: what the handler said about the result does not apply to them.</summary>
public sealed class ProblemWriterTests
{
    [Theory]
    [InlineData("Cache-Control")]
    [InlineData("CDN-Cache-Control")]
    [InlineData("Cloudflare-CDN-Cache-Control")]
    [InlineData("Surrogate-Control")]
    [InlineData("X-Accel-Expires")]
    [InlineData("Expires")]
    public async Task No_cache_stores_a_problem_as_the_result(string header)
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseHttpQueryCache();
                app.MapQuery("/rfcs", async (RfcQuery query, HttpContext context) =>
                {
                    context.Response.Headers[header] = header is "Expires" ? "Fri, 01 Jan 2100 00:00:00 GMT" : "max-age=60";
                    return await context.CheckConditionsAsync(new EntityTag("v1")) ?? Results.Text("result");
                });
            },
            builder => builder.Services.AddHttpQueryCache());
        var failed = await server.SendAsync("QUERY /rfcs", "application/json", "{}", ["If-Match: \"v0\""]);
        Assert.Equal((412, null), (failed.Status, failed[header]));
        Assert.Equal("result", (await server.SendAsync("QUERY /rfcs", "application/json", "{}")).ContentText);
    }
}
