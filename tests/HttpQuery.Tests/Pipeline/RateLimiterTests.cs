using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>QUERY under a rate limit (RFC 6585 §4; RFC 10008 §3).</summary>
public class RateLimiterTests
{
    [Fact]
    public async Task A_policy_of_the_endpoint_counts_the_queries_that_reach_it()
    {
        var runs = 0;
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseRateLimiter();
                app.MapQuery("/rfcs", (RfcQuery query) => ++runs).RequireRateLimiting("one");
                app.MapGet("/rfcs", () => "all");
            },
            builder => builder.Services.AddRateLimiter(options =>
            {
                options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                options.AddFixedWindowLimiter("one", limit => (limit.PermitLimit, limit.Window) = (1, TimeSpan.FromDays(1)));
            }));

        // Routing refuses these before there is an endpoint that has a policy.
        Assert.Equal(400, (await server.SendAsync("QUERY /rfcs")).Status);
        Assert.Equal(415, (await server.SendAsync("QUERY /rfcs", "text/plain", "x")).Status);

        Assert.Equal(200, (await server.SendAsync("QUERY /rfcs", "application/json", "{}")).Status);
        var rejected = await server.SendAsync("QUERY /rfcs", "application/json", "{}");
        Assert.Equal((429, "application/json"), (rejected.Status, rejected["Accept-Query"]));
        Assert.Equal(200, (await server.SendAsync("GET /rfcs")).Status);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_global_limiter_counts_refusals_as_well()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseRateLimiter();
                app.MapQuery("/rfcs", (RfcQuery query) => "found");
            },
            builder => builder.Services.AddRateLimiter(options =>
            {
                options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(_ =>
                    RateLimitPartition.GetFixedWindowLimiter("all", _ => new() { PermitLimit = 1, Window = TimeSpan.FromDays(1) }));
            }));

        Assert.Equal(415, (await server.SendAsync("QUERY /rfcs", "text/plain", "x")).Status);
        foreach (var type in new[] { "application/json", "text/plain" })
        {
            var rejected = await server.SendAsync("QUERY /rfcs", type, "{}");
            Assert.Equal((429, "application/json"), (rejected.Status, rejected["Accept-Query"]));
        }
    }
}
