using HttpQuery.Tests.Pipeline;
using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Tests.Equivalents;

/// <summary>An application whose queries have equivalent resources and stored results, asked by raw bytes.</summary>
internal sealed class EquivalentApp : IAsyncDisposable
{
    public const string Secret = "correct horse battery staple, 1st";
    public const string Query = """{"match":"cache"}""";

    private readonly QueryServer _server;

    private EquivalentApp(QueryServer server) => _server = server;

    public int Port => _server.Port;

    /// <summary>The clock of the application.</summary>
    public FakeTimeProvider Time { get; private init; } = new(new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>How often the handlers ran.</summary>
    public int Runs => _runs;

    private int _runs;

    /// <summary>Starts an application with <c>/rfcs</c>, which answers how often it ran, for whom, and by which query.</summary>
    /// <param name="options">Changes the options.</param>
    /// <param name="map">Adds middleware and endpoints before those of this class.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="users">Whether the application authenticates by <see cref="NamedUserHandler"/>.</param>
    /// <param name="cacheControl">Cache-Control of the responses, or none.</param>
    /// <param name="refine">Changes the endpoint.</param>
    public static async Task<EquivalentApp> StartAsync(
        Action<HttpQueryOptions>? options = null, Action<WebApplication>? map = null, Action<IServiceCollection>? services = null,
        bool users = false, string? cacheControl = null, Action<RouteHandlerBuilder>? refine = null)
    {
        EquivalentApp? self = null;
        var time = new FakeTimeProvider(new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        var server = await QueryServer.StartAsync(
            app =>
            {
                if (users) app.UseAuthentication();
                if (users) app.UseAuthorization();
                map?.Invoke(app);
                var endpoint = app.MapQuery("/rfcs", (RfcQuery query, HttpContext context) =>
                {
                    var run = Interlocked.Increment(ref self!._runs);
                    if (cacheControl is not null) context.Response.Headers.CacheControl = cacheControl;
                    return $"{run} {context.User.Identity?.Name ?? "anonymous"} {query.Match} {context.Request.Query["page"]}".TrimEnd();
                }).WithEquivalentResource().WithStoredResult().WithRanges().WithETag();
                refine?.Invoke(endpoint);
            },
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(time);
                builder.Services.AddHttpQuery(o =>
                {
                    o.LocationKeys.Add(Secret);
                    options?.Invoke(o);
                });
                if (users)
                {
                    builder.Services.AddAuthorization();
                    builder.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NamedUserHandler>("name", null);
                }
                services?.Invoke(builder.Services);
            });
        self = new(server) { Time = time };
        return self;
    }

    public Task<RawResponse> QueryAsync(string content = Query, string target = "/rfcs", params string[] fields) =>
        _server.SendAsync("QUERY " + target, "application/json", content, fields);

    public Task<RawResponse> GetAsync(string uri, params string[] fields) => _server.SendAsync("GET " + uri, fields: fields);

    public Task<RawResponse> SendAsync(string requestLine, string? contentType, string? content, string[] fields, string host = "localhost") =>
        _server.SendAsync(requestLine, contentType, content, fields, host);

    /// <summary>Returns the URI that the response to a query names.</summary>
    public async Task<string> LocateAsync(string content = Query, string target = "/rfcs", params string[] fields)
    {
        var response = await QueryAsync(content, target, fields);
        Assert.Equal(200, response.Status);
        return response["Location"] ?? throw new InvalidOperationException("No Location: " + response.Text);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
