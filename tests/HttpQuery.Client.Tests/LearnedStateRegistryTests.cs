#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace HttpQuery.Client.Tests;

/// <summary>Discovery, fallback and the switch to GET as parts of <c>AddHttpQuery</c>.</summary>
public sealed class LearnedStateRegistryTests
{
    private const string NotAllowed = "HTTP/1.1 405 Method Not Allowed\nAllow: GET, POST\nContent-Length: 0\n\n";

    private readonly ConcurrentQueue<string> _received = new();

    [Fact]
    public async Task A_fallback_is_cached_as_the_QUERY_and_invalidates_nothing()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed
            : Origin.Ok(request.StartsWith("GET", StringComparison.Ordinal) ? "page" : "found", Cached.Fresh));
        await using var services = Build(client => client.AddHttpQuery(UseAll));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        Assert.Equal("200 page", await client.TextAsync(Cached.Get(origin.Uri("/pods"))));
        Assert.Equal("200 page", await client.TextAsync(Cached.Get(origin.Uri("/pods/_search"))));

        using var first = await client.SendAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        using var second = await client.SendAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        Assert.Equal((false, "POST"), (first.GetQueryInfo().FromCache, first.GetQueryInfo().FallbackMethod?.Method));
        Assert.Equal((true, null), (second.GetQueryInfo().FromCache, second.GetQueryInfo().FallbackMethod));
        Assert.Equal(["found", "found"], [await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync()]);

        foreach (var path in new[] { "/pods", "/pods/_search" }) await client.TextAsync(Cached.Get(origin.Uri(path)));
        Assert.Equal("GET /pods, GET /pods/_search, QUERY /pods, POST /pods/_search", Lines());
    }

    [Fact]
    public async Task Two_users_get_their_own_responses_to_the_fallback()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed
            : Origin.Ok(request.Split("Bearer ")[1].Split('\n')[0], Cached.Fresh));
        await using var services = Build(client =>
            client.AddHttpMessageHandler(() => new CredentialHandler(CredentialHandlerKind.InPlace)).AddHttpQuery(UseAll));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        foreach (var user in new[] { "ann", "bob", "ann", "bob" })
        {
            CredentialHandler.User = user;
            Assert.Equal($"200 {user}", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        }
        Assert.Equal("QUERY /pods, POST /pods/_search, POST /pods/_search", Lines());
    }

    [Theory]
    [InlineData(CredentialHandlerKind.InPlace)]
    [InlineData(CredentialHandlerKind.Clone)]
    [InlineData(CredentialHandlerKind.AddAndRemove)]
    public async Task Users_that_are_added_below_the_cache_follow_their_own_Location_and_fallback(CredentialHandlerKind kind)
    {
        await using var origin = Start(request =>
        {
            var user = request.Split("Bearer ")[1].Split('\n')[0];
            return request.StartsWith("QUERY /pods", StringComparison.Ordinal) ? NotAllowed
                : IsQuery(request) ? Origin.Ok(user, Cached.Fresh, $"Location: /stored/{user}")
                : Origin.Ok($"{request.Split(' ')[1]} {user}", Cached.Fresh);
        });
        await using var services = Build(client => client.AddHttpQuery(UseAll).AddHttpMessageHandler(() => new CredentialHandler(kind)));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++)
        {
            foreach (var user in new[] { "ann", "bob" })
            {
                CredentialHandler.User = user;
                var expected = i == 0 ? $"200 {user}" : $"200 /stored/{user} {user}";
                Assert.Equal(expected, await client.TextAsync(Cached.Query(origin.Uri("/rfcs"), "{}")));
                Assert.Equal($"200 /pods/_search {user}", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
            }
        }
    }

    [Fact]
    public async Task A_handler_below_the_cache_that_changes_the_request_shares_nothing()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok(request.Split('\n')[^1], Cached.Fresh));
        await using var services = Build(client => client.AddHttpQuery(UseAll).AddHttpMessageHandler(() => new TenantHandler()));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        foreach (var tenant in new[] { "\"ann\"", "\"bob\"" })
        {
            CredentialHandler.User = tenant;
            Assert.Equal($"200 {tenant}", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        }
    }

    [Fact]
    public async Task A_fallback_of_another_client_that_a_handler_uses_leaves_the_response_storable()
    {
        await using var origin = Start(request => request.StartsWith("QUERY /token", StringComparison.Ordinal)
            ? NotAllowed : Origin.Ok("done", Cached.Fresh, "Location: /stored/42"));
        var services = new ServiceCollection();
        services.AddHttpClient("token").AddQueryLocations().AddQueryFallback(options => options.Paths.Add("/token"));
        services.AddHttpClient("api").AddQueryCache().AddHttpMessageHandler(provider =>
            new NestedHandler(provider.GetRequiredService<IHttpClientFactory>(), origin.Uri("/token")));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++) Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/rfcs"), "{}")));
        Assert.Equal("QUERY /token, POST /token, QUERY /rfcs", Lines());
    }

    [Fact]
    public async Task Handlers_of_the_application_see_QUERY()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("found"));
        var seen = new ConcurrentQueue<string>();
        await using var services = Build(client => client.AddHttpQuery(UseAll).AddHttpMessageHandler(() => new SpyHandler(seen)));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        Assert.Equal(["QUERY /pods", "QUERY /pods 200"], seen);
    }

    [Fact]
    public async Task A_fallback_that_stands_too_high_is_moved_next_to_the_primary_handler()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("found", Cached.Fresh));
        await using var services = Build(client => client
            .AddHttpMessageHandler(() => new QueryFallbackHandler(new() { Paths = { "/pods" } })).AddQueryLocations().AddQueryCache());
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++) Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("QUERY /pods, POST /pods", Lines());
    }

    [Fact]
    public async Task What_a_client_has_learned_outlives_its_handlers_and_is_its_own()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("found"));
        await using var services = Build(client => client.AddHttpQuery(UseAll), "api", "other");
        foreach (var name in new[] { "api", "api", "other" })
        {
            // The factory does this when the lifetime of a handler ends.
            var builder = services.GetRequiredService<HttpMessageHandlerBuilder>();
            builder.Name = name;
            var options = services.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get(name);
            foreach (var action in options.HttpMessageHandlerBuilderActions) action(builder);
            using var client = new HttpClient(builder.Build());
            Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        }
        Assert.Equal("QUERY /pods, POST /pods/_search, POST /pods/_search, QUERY /pods, POST /pods/_search", Lines());
    }

    [Fact]
    public async Task After_a_redirect_to_another_origin_nothing_is_sent_by_POST()
    {
        await using var other = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("created"));
        await using var origin = Start(_ => Origin.Response("307 Temporary Redirect", "", $"Location: {other.Uri("/pods")}"));
        await using var services = Build(client => client.AddHttpQuery(options =>
        {
            UseAll(options);
            options.Redirects.AllowContentToOtherOrigins = true;
        }));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        Assert.Equal("405 ", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("QUERY /pods, QUERY /pods", Lines());
    }

    [Fact]
    public async Task A_redirect_of_the_POST_is_a_redirect_of_the_QUERY()
    {
        await using var origin = Start(request => request.StartsWith("POST /pods/_search", StringComparison.Ordinal)
            ? Origin.Response("307 Temporary Redirect", "", "Location: v2")
            : request.StartsWith("QUERY /pods/v2", StringComparison.Ordinal) ? Origin.Ok("found") : NotAllowed);
        await using var services = Build(client => client.AddHttpQuery(UseAll));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("QUERY /pods, POST /pods/_search, QUERY /pods/v2", Lines());
    }

    [Fact]
    public async Task A_query_in_several_formats_is_negotiated_redirected_and_cached()
    {
        await using var origin = Start(request => request.StartsWith("QUERY /old", StringComparison.Ordinal)
            ? Origin.Response("308 Permanent Redirect", "", "Location: /new")
            : request.Contains("text/csv", StringComparison.Ordinal) ? Origin.Ok("rows", Cached.Fresh)
            : Origin.Response("415 Unsupported Media Type", "", "Accept-Query: text/csv"));
        await using var services = Build(client => client.AddHttpQuery());
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++)
        {
            using var content = new QueryContent(
                new("application/sql", () => new StringContent("select *")),
                new("text/csv", () => Wire.Content("text/csv", "a,b")));
            using var response = await client.QueryAsync(origin.Uri("/old"), content);
            Assert.Equal((HttpStatusCode.OK, i == 0, i == 1),
                (response.StatusCode, response.GetQueryInfo().Renegotiated, response.GetQueryInfo().FromCache));
        }
        Assert.Equal("QUERY /old, QUERY /new, QUERY /old, QUERY /new, QUERY /old", Lines());
    }

    [Fact]
    public async Task A_switch_to_GET_is_on_the_response()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : Origin.Ok("stored"));
        await using var services = Build(client => client.AddHttpQuery(options => options.UseLocation = true));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        foreach (var isSwitched in new[] { false, true })
        {
            using var response = await client.SendAsync(Cached.Query(origin.Uri("/rfcs"), "{}"));
            Assert.Equal((isSwitched, isSwitched ? "stored" : "rows"),
                (response.GetQueryInfo().SwitchedToGet, await response.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task The_Location_of_a_fallback_is_not_followed()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("found", "Location: /pods/new"));
        await using var services = Build(client => client.AddHttpQuery(UseAll));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++) await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        Assert.Equal("QUERY /pods, POST /pods/_search, POST /pods/_search", Lines());
    }

    [Fact]
    public async Task The_credentials_of_the_cache_tell_users_apart_for_Location_too()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42") : Origin.Ok("stored"));
        await using var services = Build(client => client
            .AddQueryCache(options =>
            {
                options.CredentialHeaders.Add("X-Api-Key");
                options.Partition = request => request.Options.TryGetValue(new HttpRequestOptionsKey<string>("tenant"), out var tenant)
                    ? tenant : null;
            })
            .AddHttpQuery(options =>
            {
                options.UseLocation = true;
                options.Location.Partition = request =>
                    request.Options.TryGetValue(new HttpRequestOptionsKey<string>("user"), out var user) ? user : null;
            }));
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        await SendAsync("ann", "1", "2");
        await SendAsync("bob", "1", "2");
        await SendAsync("ann", "2", "2");
        await SendAsync("ann", "1", "1");
        await SendAsync("ann", "12", "");
        await SendAsync("ann", "", "12");
        await SendAsync("ann", null, "1");
        await SendAsync("ann", "1", null);
        Assert.All(_received, request => Assert.StartsWith("QUERY", request, StringComparison.Ordinal));
        await SendAsync("ann", "1", "2");
        Assert.StartsWith("GET /stored/42", _received.Last(), StringComparison.Ordinal);

        async Task SendAsync(string key, string? tenant, string? user)
        {
            var request = Cached.Query(origin.Uri("/rfcs"), "{}", $"X-Api-Key: {key}");
            if (tenant is not null) request.Options.Set(new("tenant"), tenant);
            if (user is not null) request.Options.Set(new("user"), user);
            await client.TextAsync(request);
        }
    }

    private static bool IsQuery(string request) => request.StartsWith("QUERY", StringComparison.Ordinal);

    private static void UseAll(HttpQueryClientOptions options)
    {
        options.UseFallback = options.UseLocation = true;
        options.Fallback.Paths.TryAdd("/pods", "/pods/_search");
    }

    private static ServiceProvider Build(Action<IHttpClientBuilder> add, params string[] names)
    {
        var services = new ServiceCollection();
        foreach (var name in names.DefaultIfEmpty("api")) add(services.AddHttpClient(name));
        return services.BuildServiceProvider();
    }

    private string Lines() => string.Join(", ", _received.Select(text => string.Join(' ', text.Split(' ').Take(2))));

    private Origin Start(Func<string, string> respond) => Origin.Start(request =>
    {
        _received.Enqueue(request);
        return respond(request);
    });

    private sealed class SpyHandler(ConcurrentQueue<string> seen) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Enqueue($"{request.Method} {request.RequestUri!.AbsolutePath}");
            var response = await base.SendAsync(request, cancellationToken);
            seen.Enqueue(
                $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath} {(int)response.StatusCode}");
            return response;
        }
    }

    /// <summary>Sends a query through another client first.</summary>
    private sealed class NestedHandler(IHttpClientFactory factory, Uri uri) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await factory.CreateClient("token").TextAsync(Cached.Query(uri, "{}"));
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Sends other content for each tenant, and puts the caller's content back.</summary>
    private sealed class TenantHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = request.Content;
            request.Content = Wire.Content("application/json", CredentialHandler.User!);
            try { return await base.SendAsync(request, cancellationToken); }
            finally { request.Content = content; }
        }
    }
}
