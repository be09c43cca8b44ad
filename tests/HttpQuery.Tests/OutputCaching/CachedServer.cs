using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.OutputCaching;

/// <summary>An application on Kestrel with output caching, whose handlers count: an answer that repeats a number was stored.</summary>
internal sealed class CachedServer : IAsyncDisposable
{
    private readonly QueryServer _server;
    private readonly Counter _counter;

    private CachedServer(QueryServer server, Counter counter) => (_server, _counter) = (server, counter);

    /// <summary>How often a handler has run.</summary>
    public int Runs => _counter.Value;

    /// <summary>Starts with a QUERY endpoint at every path that answers <c>run: content</c>.</summary>
    /// <param name="policy">The policy of the endpoint; default <c>VaryByQueryContent()</c> alone.</param>
    /// <param name="answer">What the handler does before it writes.</param>
    /// <param name="use">Adds middleware before output caching.</param>
    /// <param name="inside">Adds middleware after output caching, and further endpoints.</param>
    /// <param name="configure">Adds services and settings.</param>
    /// <param name="plain">Leaves <c>AddHttpQuery</c> out.</param>
    public static async Task<CachedServer> StartAsync(
        Action<OutputCachePolicyBuilder>? policy = null, Action<HttpContext>? answer = null, Action<WebApplication>? use = null, Action<WebApplication>? inside = null,
        Action<WebApplicationBuilder>? configure = null, bool plain = false)
    {
        var counter = new Counter();
        return await StartAsync(
            app =>
            {
                use?.Invoke(app);
                app.UseOutputCache();
                inside?.Invoke(app);
                app.MapMethods("{**path}", [HttpMethods.Query], context => counter.AnswerAsync(context, answer))
                    .CacheOutput(policy ?? (p => p.VaryByQueryContent()));
            },
            counter, configure, plain);
    }

    /// <summary>Starts with endpoints and middleware of the test's own.</summary>
    public static async Task<CachedServer> StartAsync(Action<WebApplication> map, Counter counter, Action<WebApplicationBuilder>? configure = null, bool plain = false)
    {
        var server = await QueryServer.StartAsync(
            map,
            builder =>
            {
                builder.Services.AddOutputCache();
                configure?.Invoke(builder);
            },
            plain: plain);
        return new(server, counter);
    }

    /// <summary>Sends a QUERY of text.</summary>
    public Task<RawResponse> QueryAsync(string target, string content, params string[] fields) => SendAsync($"QUERY {target}", content, fields);

    /// <summary>Sends a request with <c>text/plain</c>.</summary>
    public Task<RawResponse> SendAsync(string requestLine, string? content, params string[] fields) =>
        _server.SendAsync(requestLine, content is null ? null : "text/plain", content, fields);

    /// <summary>Sends a request as it is given.</summary>
    public Task<RawResponse> SendRawAsync(string request) => RawHttp.SendAsync(_server.Port, request);

    public int Port => _server.Port;

    /// <summary>Asks twice the same, and tells whether the second answer was the first.</summary>
    public async Task<bool> StoresAsync(string target = "/a", string content = "q", params string[] fields)
    {
        var first = await QueryAsync(target, content, fields);
        var second = await QueryAsync(target, content, fields);
        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal(first.ContentText == second.ContentText, second["Age"] is not null);
        return second["Age"] is not null;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Counts runs and writes them.</summary>
    internal sealed class Counter
    {
        private int _value;

        public int Value => Volatile.Read(ref _value);

        public RequestDelegate Handler => context => AnswerAsync(context);

        public async Task AnswerAsync(HttpContext context, Action<HttpContext>? answer = null)
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            var content = await reader.ReadToEndAsync(context.RequestAborted);
            var run = Interlocked.Increment(ref _value);
            answer?.Invoke(context);
            await context.Response.WriteAsync($"{run}: {content}");
        }
    }
}
