using GeneratedHandlers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Which handlers that the request delegate generator binds cannot tell how their JSON content was spelled (RFC 10008 §2.7).</summary>
public sealed class GeneratedNormalizationTests
{
    [Theory]
    [InlineData("/parameter")]
    [InlineData("/from-body")]
    [InlineData("/optional")]
    [InlineData("/with-context")]
    [InlineData("/parameters")]
    [InlineData("/filter")]
    public async Task A_handler_whose_content_is_bound_cannot_tell_spellings_apart(string path)
    {
        await using var server = await NormalizationServer.StartAsync(Map(Handlers.MapBound));
        Assert.Equal(("JsonSpelling", true), await server.AskAsync(path));
        Assert.Equal("True", (await server.SendAsync($"QUERY {path}", "application/json", "{}"))["Generated"]);
    }

    [Theory]
    [InlineData("/element")]
    [InlineData("/overflow")]
    [InlineData("/service")]
    [InlineData("/stream")]
    [InlineData("/self-bound")]
    [InlineData("/delegate")]
    public async Task A_handler_that_has_the_content_tells_spellings_apart(string path)
    {
        await using var server = await NormalizationServer.StartAsync(Map(Handlers.MapRaw));
        Assert.Equal(("None", false), await server.AskAsync(path));
        Assert.Equal("True", (await server.SendAsync($"QUERY {path}", "application/json", NormalizationServer.Content))["Generated"]);
    }

    private static Action<WebApplication> Map(Action<WebApplication> handlers) => app =>
    {
        app.Use((context, next) =>
        {
            context.Response.Headers["Generated"] = $"{Handlers.IsGenerated(context)}";
            return next(context);
        });
        handlers(app);
    };
}
