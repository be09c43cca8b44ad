using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

#pragma warning disable xUnit1051 // Loopback, and short.

namespace HttpQuery.Tests.SharedCache;

/// <summary>Stale answers after an unsafe request.</summary>
public sealed class InvalidationTests
{
    private int _version = 1;

    private void MapRead(WebApplication app, string path = "/r") => app.MapMethods(path, ["QUERY", "GET"], (HttpContext context) =>
    {
        context.Response.Headers.CacheControl = "max-age=600";
        return $"v{Volatile.Read(ref _version)}";
    });

    [Fact]
    public async Task A_change_whose_client_left_before_the_answer_is_seen()
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await CachedServer.StartAsync(app =>
        {
            MapRead(app);
            app.MapPost("/r", async (HttpContext context) =>
            {
                begun.SetResult();
                var left = new TaskCompletionSource();
                context.RequestAborted.Register(left.SetResult);
                await left.Task;
                _version = 2;
                await context.Response.Body.WriteAsync("done"u8.ToArray(), context.RequestAborted);
            });
        }, before: app => app.Use(async (context, next) =>
        {
            try { await next(context); }
            finally { if (HttpMethods.IsPost(context.Request.Method)) ended.TrySetResult(); }
        }));
        Assert.Equal("v1", await server.QueryAsync("/r", "q"));
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", server.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /r HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
            await begun.Task;
            client.Client.LingerState = new(true, 0);
        }
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("v2", await server.QueryAsync("/r", "q"));
    }

    [Fact]
    public async Task A_change_whose_exception_becomes_a_redirect_before_the_cache_is_seen()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            MapRead(app);
            app.MapPost("/r", () => { _version = 2; throw new KeyNotFoundException("see other"); });
        }, before: app => app.Use(async (context, next) =>
        {
            try { await next(context); }
            catch (KeyNotFoundException)
            {
                context.Response.Redirect("/r");
                context.Response.StatusCode = 303;
            }
        }));
        Assert.Equal("v1", await server.QueryAsync("/r", "q"));
        Assert.Equal(303, (await server.SendAsync("POST /r", "text/plain", "x")).Status);
        Assert.Equal("v2", await server.QueryAsync("/r", "q"));
    }

    [Fact]
    public async Task A_change_after_which_the_handler_waits_in_vain_is_seen()
    {
        await using var server = await CachedServer.StartAsync(app =>
        {
            MapRead(app);
            app.MapPost("/r", () => { _version = 2; throw new TimeoutException("the audit log is slow"); });
        });
        Assert.Equal("v1", await server.QueryAsync("/r", "q"));
        Assert.Equal(500, (await server.SendAsync("POST /r", "text/plain", "x")).Status);
        Assert.Equal("v2", await server.QueryAsync("/r", "q"));
    }

    [Theory]
    [InlineData("POST /R?a=%2f", "/r?a=%2F")]
    [InlineData("post /r/", "/r")]
    [InlineData("PATCH /./r", "/r")]
    [InlineData("FOO /%72", "/r")]
    [InlineData("POST http://localhost/r", "/r")]
    [InlineData("POST //r", "/r")]
    [InlineData("POST /r?a=b+c", "/r?a=b%20c")]
    public async Task Spellings(string unsafeRequest, string target)
    {
        await using var server = await CachedServer.StartAsync(app => app.MapFallback("/{**path}", (HttpContext context) =>
        {
            if (context.Request.Method is not "QUERY") { _version = 2; return ""; }
            context.Response.Headers.CacheControl = "max-age=600";
            return $"v{_version}";
        }));
        Assert.Equal("v1", await server.QueryAsync(target, "q"));
        Assert.Equal("v1", await server.QueryAsync(target, "q"));
        Assert.Equal(200, (await server.SendAsync(unsafeRequest)).Status);
        Assert.Equal("v2", await server.QueryAsync(target, "q"));
    }
}
