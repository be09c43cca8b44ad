using HttpQuery.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Endpoints;

/// <summary>An application that sends what its endpoints claim in the header <c>Claims</c>, from where the cache would stand.</summary>
internal sealed class NormalizationServer : IAsyncDisposable
{
    /// <summary>JSON content, and the same in another spelling.</summary>
    public const string Content = """{"a":1,"s":"x"}""";

    /// <inheritdoc cref="Content"/>
    public const string Respelled = """ { "\u0061" : 1 , "s" : "\u0078" } """;

    private readonly QueryServer _server;

    private NormalizationServer(QueryServer server) => _server = server;

    /// <inheritdoc cref="QueryServer.StartAsync"/>
    public static async Task<NormalizationServer> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? before = null, bool plain = false, string environment = "Production") =>
        new(await QueryServer.StartAsync(
            app =>
            {
                before?.Invoke(app);
                app.Use(async (context, next) =>
                {
                    context.Response.Headers["Claims"] = EndpointNormalizations.Get(context).ToString();
                    await next(context);
                });
                map(app);
            },
            configure,
            environment,
            plain));

    /// <summary>Sends content in two spellings: the claims, and whether the endpoint answered 200 with the same content to both.</summary>
    public async Task<(string? Claims, bool AreAlike)> AskAsync(string path, string content = Content, string respelled = Respelled)
    {
        var (one, other) = (await _server.SendAsync($"QUERY {path}", "application/json", content), await _server.SendAsync($"QUERY {path}", "application/json", respelled));
        Assert.Equal((one["Claims"], 200, 200), (other["Claims"], one.Status, other.Status));
        return (one["Claims"], one.ContentText == other.ContentText);
    }

    /// <inheritdoc cref="QueryServer.SendAsync"/>
    public Task<RawResponse> SendAsync(string requestLine, string? contentType = null, string? content = null, params string[] fields) => _server.SendAsync(requestLine, contentType, content, fields);

    /// <inheritdoc cref="QueryServer.SendOctetsAsync"/>
    public Task<RawResponse> SendOctetsAsync(string requestLine, string contentType, byte[] content, params string[] fields) => _server.SendOctetsAsync(requestLine, contentType, content, fields);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>What is left of the content for a handler.</summary>
    public static async Task<string> ReadRestAsync(HttpContext context)
    {
        if (context.Request.Body.CanSeek) context.Request.Body.Position = 0;
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }
}
