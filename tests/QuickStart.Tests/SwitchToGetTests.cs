using System.Net;
using System.Text;
using HttpQuery;
using HttpQuery.Tests.Pipeline;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QuickStart.Tests;

/// <summary>A client with <c>UseLocation</c> and a server with equivalent resources (RFC 10008 §2.4; rows E2, E6, K5).</summary>
public sealed class SwitchToGetTests : IAsyncLifetime
{
    private const string Key = "the first secret, of 32 characters";
    private const string OtherKey = "another secret, of 32 characters!";

    private readonly RestartedServer _server = new();
    private ServiceProvider? _provider;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_provider is not null) await _provider.DisposeAsync();
        await _server.StopAsync();
    }

    [Fact]
    public async Task The_same_query_is_repeated_by_GET_and_another_one_is_not()
    {
        await _server.StartAsync(Create(Key));
        var http = CreateClient();

        var first = await AskAsync(http);
        var second = await AskAsync(http);
        Assert.Equal("QUERY rfcs 200, GET _query 200", _server.TakeExchanges());
        Assert.Equal((HttpStatusCode.OK, first.Content), (second.Status, second.Content));
        Assert.Equal((false, true), (first.SwitchedToGet, second.SwitchedToGet));

        await AskAsync(http, "fromYear=2026");
        Assert.Equal("QUERY rfcs 200", _server.TakeExchanges());
        await AskAsync(http, "fromYear=2026");
        await AskAsync(http);
        Assert.Equal("GET _query 200, GET _query 200", _server.TakeExchanges());
    }

    [Fact]
    public async Task A_condition_of_the_caller_is_sent_by_GET_and_gets_304()
    {
        await _server.StartAsync(Create(Key));
        var http = CreateClient();
        var tag = (await AskAsync(http)).Tag!;

        var response = await AskAsync(http, fields: ("If-None-Match", tag));
        Assert.Equal((HttpStatusCode.NotModified, "", tag, true), (response.Status, response.Content, response.Tag, response.SwitchedToGet));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await AskAsync(http, fields: ("If-Match", "\"of-last-year\""))).Status);
        Assert.Equal("QUERY rfcs 200, GET _query 304, GET _query 412", _server.TakeExchanges());
    }

    [Fact]
    public async Task A_part_of_the_result_is_sent_by_GET()
    {
        await _server.StartAsync(Create(Key));
        var http = CreateClient();
        var whole = await AskAsync(http);

        var part = await AskAsync(http, fields: ("Range", "bytes=2-9"));
        Assert.Equal((HttpStatusCode.PartialContent, whole.Content[2..10]), (part.Status, part.Content));
        Assert.Equal("QUERY rfcs 200, GET _query 206", _server.TakeExchanges());
    }

    [Fact]
    public async Task The_cache_validates_a_query_by_GET_and_serves_its_own_content()
    {
        await _server.StartAsync(Create(Key));
        var http = CreateClient(useCache: true);

        var first = await AskAsync(http);
        var second = await AskAsync(http);
        Assert.Equal("QUERY rfcs 200, GET _query 304", _server.TakeExchanges());
        Assert.Equal((HttpStatusCode.OK, first.Content), (second.Status, second.Content));
        Assert.Equal((true, true), (second.FromCache, second.SwitchedToGet));
    }

    [Fact]
    public async Task Another_media_type_is_another_query_and_each_is_repeated()
    {
        await _server.StartAsync(Create(Key));
        var http = CreateClient();
        await AskAsync(http, fields: ("Accept", "application/json"));
        var csv = await AskAsync(http, fields: ("Accept", "text/csv"));
        Assert.Equal("QUERY rfcs 200, QUERY rfcs 200", _server.TakeExchanges());

        var again = await AskAsync(http, fields: ("Accept", "text/csv"));
        Assert.Equal((csv.Content, true), (again.Content, again.SwitchedToGet));
        Assert.StartsWith("number,title", csv.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_restart_with_the_same_keys_the_URI_still_stands_for_the_query()
    {
        await _server.StartAsync(Create(Key));
        var http = CreateClient();
        var first = await AskAsync(http);
        await _server.StartAsync(Create(Key));

        Assert.Equal(first.Content, (await AskAsync(http)).Content);
        Assert.Equal("QUERY rfcs 200, GET _query 200", _server.TakeExchanges());
    }

    [Theory]
    [InlineData(OtherKey, "256")]
    [InlineData(Key, "0")]
    [InlineData(OtherKey, "0")]
    public async Task After_a_restart_with_other_keys_or_without_the_store_the_query_is_sent_again_by_itself(string key, string length)
    {
        await _server.StartAsync(Create(Key, length));
        var http = CreateClient();
        var first = await AskAsync(http);
        await AskAsync(http);
        Assert.Equal("QUERY rfcs 200, GET _query 200", _server.TakeExchanges());
        await _server.StartAsync(Create(key, length));

        var again = await AskAsync(http);
        Assert.Equal((HttpStatusCode.OK, first.Content, false), (again.Status, again.Content, again.SwitchedToGet));
        Assert.Equal("GET _query 404, QUERY rfcs 200", _server.TakeExchanges());

        Assert.True((await AskAsync(http)).SwitchedToGet);
        Assert.Equal("GET _query 200", _server.TakeExchanges());
    }

    [Fact]
    public async Task A_condition_survives_the_way_back_to_QUERY()
    {
        await _server.StartAsync(Create(Key));
        var http = CreateClient();
        var tag = (await AskAsync(http)).Tag!;
        await _server.StartAsync(Create(OtherKey));
        _server.TakeExchanges();

        Assert.Equal(HttpStatusCode.NotModified, (await AskAsync(http, fields: ("If-None-Match", tag))).Status);
        Assert.Equal("GET _query 404, QUERY rfcs 304", _server.TakeExchanges());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ann_and_Bob_each_get_their_own_results(bool useCache)
    {
        await _server.StartAsync(CreateForUsers());
        var http = CreateClient(useCache);

        foreach (var user in new[] { "Ann", "Bob" })
        {
            var response = await AskAsync(http, fields: ("Authorization", user));
            Assert.Equal((user, false), (response.Content, response.SwitchedToGet));
            Assert.Equal("QUERY rfcs 200", _server.TakeExchanges());
        }
        foreach (var user in new[] { "Ann", "Bob", "Ann" })
        {
            var response = await AskAsync(http, fields: ("Authorization", user));
            Assert.Equal((user, true), (response.Content, response.SwitchedToGet));
            Assert.Equal(useCache ? "GET _query 304" : "GET _query 200", _server.TakeExchanges());
        }
    }

    [Fact]
    public async Task A_URI_that_Ann_was_given_is_401_without_a_credential_and_403_for_Eve()
    {
        await _server.StartAsync(CreateForUsers());
        var http = CreateClient();
        var location = (await AskAsync(http, fields: ("Authorization", "Ann"))).Location!;

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(http, location)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(http, location, ("Authorization", "Eve"))).Status);
        Assert.Equal("Ann", (await GetAsync(http, location, ("Authorization", "Ann"))).Content);
    }

    private static WebApplication Create(string key, string maximumLength = "256") => FullServer.Create(
        "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning",
        "--HttpQuery:LocationKeys:0", key, "--HttpQuery:MaximumStatelessLocationLength", maximumLength);

    private static WebApplication CreateForUsers()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpQuery(options => options.LocationKeys.Add(Key));
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, NamedUserHandler>("name", null);
        var app = builder.Build();
        app.MapQuery("/rfcs", ([Microsoft.AspNetCore.Mvc.FromForm] RfcQuery query, HttpContext context) => context.User.Identity!.Name)
            .WithETag().WithEquivalentResource()
            .RequireAuthorization(policy => policy.RequireAssertion(context => context.User.Identity is { Name: "Ann" or "Bob" }));
        return app;
    }

    private HttpClient CreateClient(bool useCache = false)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("rfcs", http => http.BaseAddress = RestartedServer.Address)
            .ConfigurePrimaryHttpMessageHandler(() => _server)
            .AddHttpQuery(options => (options.UseLocation, options.UseCache) = (true, useCache));
        _provider = services.BuildServiceProvider();
        return _provider.GetRequiredService<IHttpClientFactory>().CreateClient("rfcs");
    }

    private static Task<Answer> AskAsync(HttpClient http, string form = "match=cache&limit=2", params (string Name, string Value)[] fields)
    {
        var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        return SendAsync(http, new(HttpMethod.Query, "/rfcs") { Content = content }, fields);
    }

    private static Task<Answer> GetAsync(HttpClient http, string location, params (string Name, string Value)[] fields) =>
        SendAsync(http, new(HttpMethod.Get, location), fields);

    private static async Task<Answer> SendAsync(HttpClient http, HttpRequestMessage request, (string Name, string Value)[] fields)
    {
        using var message = request;
        foreach (var (name, value) in fields) message.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(message, TestContext.Current.CancellationToken);
        var content = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var info = response.GetQueryInfo();
        return new(
            response.StatusCode, content, response.Headers.ETag?.ToString(), response.Headers.Location?.ToString(),
            info.SwitchedToGet, info.FromCache);
    }

    private sealed record Answer(HttpStatusCode Status, string Content, string? Tag, string? Location, bool SwitchedToGet, bool FromCache);
}
