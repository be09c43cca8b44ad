using HttpQuery.Tests.Pipeline;
using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Tests.Equivalents;

/// <summary>One of several applications, or several versions of one, that have the same location keys and may share a store.</summary>
internal sealed class NotesApp : IAsyncDisposable
{
    private readonly QueryServer _server;

    private NotesApp(QueryServer server) => _server = server;

    public int Port => _server.Port;

    public FakeTimeProvider Time { get; private init; } = new();

    public static async Task<NotesApp> StartAsync(
        Action<WebApplication> map, Action<HttpQueryOptions>? options = null, Action<IServiceCollection>? services = null,
        IDistributedCache? store = null, bool users = false)
    {
        var time = new FakeTimeProvider(new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        var server = await QueryServer.StartAsync(map, builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            if (store is not null) builder.Services.AddSingleton(store);
            builder.Services.AddHttpQuery(o =>
            {
                o.LocationKeys.Add(EquivalentApp.Secret);
                options?.Invoke(o);
            });
            if (users)
            {
                builder.Services.AddAuthorization();
                builder.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NamedUserHandler>("name", null);
            }
            services?.Invoke(builder.Services);
        });
        return new(server) { Time = time };
    }

    public Task<RawResponse> QueryAsync(string target, string content = EquivalentApp.Query, params string[] fields) =>
        _server.SendAsync("QUERY " + target, "application/json", content, fields);

    public Task<RawResponse> TextAsync(string target, string content, params string[] fields) =>
        _server.SendAsync("QUERY " + target, "text/plain", content, fields);

    public Task<RawResponse> GetAsync(string uri, params string[] fields) => _server.SendAsync("GET " + uri, fields: fields);

    public Task<RawResponse> SendAsync(
        string requestLine, string? contentType = null, string? content = null, string[]? fields = null, string host = "localhost") =>
        _server.SendAsync(requestLine, contentType, content, fields, host);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>Endpoints that read text and answer it.</summary>
internal static class NotesEndpoints
{
    public static IEndpointConventionBuilder MapSearch(this IEndpointRouteBuilder app, string pattern, string? cacheControl = null) =>
        app.MapMethods(pattern, [HttpMethods.Query], async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync();
            if (cacheControl is not null) context.Response.Headers.CacheControl = cacheControl;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync("found: " + text);
        });
}
