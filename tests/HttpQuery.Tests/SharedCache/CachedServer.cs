using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Tests.SharedCache;

/// <summary>An application behind a shared cache, on Kestrel, with a clock that stands still.</summary>
internal sealed class CachedServer : IAsyncDisposable
{
    private readonly QueryServer _server;

    private CachedServer(QueryServer server, FakeTimeProvider clock) => (_server, Clock) = (server, clock);

    public FakeTimeProvider Clock { get; }

    public int Port => _server.Port;

    /// <summary>Starts an application.</summary>
    /// <param name="map">Adds what is behind the cache.</param>
    /// <param name="configure">Changes options.</param>
    /// <param name="build">Adds services.</param>
    /// <param name="before">Adds what is before the cache.</param>
    /// <param name="plain">Leaves <c>AddHttpQuery</c> out.</param>
    /// <param name="beforeCache">Adds services before those of the cache.</param>
    public static async Task<CachedServer> StartAsync(
        Action<WebApplication> map, Action<HttpQueryCacheOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? before = null, bool plain = false,
        Action<WebApplicationBuilder>? beforeCache = null)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-22T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        var server = await QueryServer.StartAsync(
            app =>
            {
                before?.Invoke(app);
                app.UseHttpQueryCache();
                map(app);
            },
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(clock);
                beforeCache?.Invoke(builder);
                builder.Services.AddHttpQueryCache(configure);
                build?.Invoke(builder);
            },
            plain: plain);
        return new(server, clock);
    }

    /// <summary>Starts an application that answers GET and QUERY of each path with <c>method content #n</c>, counting, and POST with 204, or 409 where the URI says <c>fail</c>.</summary>
    /// <param name="cacheControl">What it says of its responses.</param>
    /// <param name="refine">Adds to the endpoint.</param>
    /// <param name="answer">Adds to each response.</param>
    /// <param name="configure">Changes options.</param>
    /// <param name="build">Adds services.</param>
    /// <param name="before">Adds what is before the cache.</param>
    public static Task<CachedServer> StartAsync(
        string? cacheControl = "max-age=60",
        Action<IEndpointConventionBuilder>? refine = null,
        Action<HttpContext>? answer = null,
        Action<HttpQueryCacheOptions>? configure = null,
        Action<WebApplicationBuilder>? build = null,
        Action<WebApplication>? before = null)
    {
        var count = 0;
        return StartAsync(
            app =>
            {
                var endpoint = app.MapMethods("/{**path}", ["GET", "HEAD", "QUERY"], async (HttpContext context) =>
                {
                    using var reader = new StreamReader(context.Request.Body);
                    var content = await reader.ReadToEndAsync();
                    if (cacheControl is not null) context.Response.Headers.CacheControl = cacheControl;
                    var number = Interlocked.Increment(ref count);
                    answer?.Invoke(context);
                    if (context.Response.StatusCode is not 304) await context.Response.WriteAsync($"{context.Request.Method} {content} #{number}");
                });
                refine?.Invoke(endpoint);
                app.MapMethods("/{**path}", ["POST"], (HttpContext context) =>
                {
                    context.Response.StatusCode = context.Request.Query.ContainsKey("fail") ? 409 : 204;
                    context.Response.Headers.Location = context.Request.Query["location"];
                });
            },
            configure,
            build,
            before);
    }

    /// <summary>Sends a QUERY, and gives the content of the answer.</summary>
    public async Task<string> QueryAsync(string target, string content, params string[] fields) => (await _server.SendAsync($"QUERY {target}", "text/plain", content, fields)).ContentText;

    /// <summary>Sends a QUERY.</summary>
    public Task<RawResponse> SendQueryAsync(string target, string content, params string[] fields) => _server.SendAsync($"QUERY {target}", "text/plain", content, fields);

    /// <inheritdoc cref="QueryServer.SendAsync"/>
    public Task<RawResponse> SendAsync(string requestLine, string? contentType = null, string? content = null, string[]? fields = null, string host = "localhost") =>
        _server.SendAsync(requestLine, contentType, content, fields, host);

    /// <inheritdoc cref="QueryServer.SendOctetsAsync"/>
    public Task<RawResponse> SendOctetsAsync(string requestLine, string contentType, byte[] content, params string[] fields) => _server.SendOctetsAsync(requestLine, contentType, content, fields);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
