using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>A QUERY that takes longer than the endpoint may (RFC 9110 §15.6.5).</summary>
public class RequestTimeoutTests
{
    [Fact]
    public async Task A_handler_that_does_not_end_is_504_and_the_next_query_is_answered()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseRequestTimeouts();
                var group = app.MapGroup("");
                group.WithRequestTimeout(TimeSpan.FromSeconds(2));
                group.MapQuery("/bound", async (RfcQuery query, CancellationToken aborted) => await AnswerAsync(query.Match, aborted));
                group.MapQuery("/tagged", async (RfcQuery query, CancellationToken aborted) => await AnswerAsync(query.Match, aborted)).WithETag();
                group.MapQuery("/raw", async context => await context.Response.WriteAsync(await AnswerAsync(context.Request.Query["match"], context.RequestAborted)));
            },
            builder => builder.Services.AddRequestTimeouts());

        await Task.WhenAll(Array.ConvertAll(["/bound", "/tagged", "/raw"], AskAsync));

        async Task AskAsync(string path)
        {
            var response = await server.SendAsync($"QUERY {path}?match=slow", "application/json", "{\"match\":\"slow\"}");
            Assert.Equal((path, 504), (path, response.Status));
            Assert.NotNull(response["Accept-Query"]);
            Assert.Equal((200, "found"), (await server.SendAsync($"QUERY {path}", "application/json", "{}") is var next ? next.Status : 0, next.ContentText));
        }

        static async Task<string> AnswerAsync(string? match, CancellationToken aborted)
        {
            if (match is "slow") await Task.Delay(Timeout.Infinite, aborted);
            return "found";
        }
    }
}
