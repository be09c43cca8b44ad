using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.DependencyInjection;
using static HttpQuery.Client.Tests.Redirection.Redirects;

namespace HttpQuery.Client.Tests.Redirection;

/// <summary>Another origin gets content only if that is allowed, and credentials never.</summary>
public sealed class OtherOriginTests
{
    private static readonly QueryRedirectOptions Allowing = new() { AllowContentToOtherOrigins = true, CredentialHeaders = { "X-Api-Key" } };

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("QUERY", 301)]
    [InlineData("QUERY", 302)]
    [InlineData("QUERY", 307)]
    [InlineData("QUERY", 308)]
    [InlineData("POST", 307)]
    [InlineData("PUT", 301)]
    public async Task Content_does_not_go_there_by_default_and_the_caller_gets_the_redirect(string method, int status)
    {
        await using var other = Origin.Start(Origin.Ok("stolen"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString(), status), Origin.Ok("later"));
        using var client = CreateClient();
        using var request = new HttpRequestMessage(new(method), origin.Uri("/a")) { Content = Wire.Content("application/json", "{}") };
        using var response = await client.SendAsync(request, Test);

        Assert.Equal((status, other.Uri("/b")), ((int)response.StatusCode, response.Headers.Location));
        Assert.Equal((0, QueryRedirectRefusal.ContentToOtherOrigin), (response.GetQueryInfo().Redirects, response.GetQueryInfo().RedirectRefusal));
        Assert.Same(request, response.RequestMessage);
        Assert.Equal("200 later", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal(0, other.Count);
    }

    [Fact]
    public async Task Allowed_content_goes_there_without_credentials_and_without_Host()
    {
        await using var other = Origin.Start(Origin.Ok("found"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString()));
        using var client = CreateClient(Allowing);
        using var request = Cached.Query(
            origin.Uri("/a"), "{}", "Authorization: Bearer ann", "Proxy-Authorization: Basic YQ==", "Cookie: user=ann", "x-api-key: 1", "Host: api.test", "X-Kept: 1");
        Assert.Equal("200 found", await client.TextAsync(request));

        var received = (await other.NextAsync()).Request;
        Assert.Contains($"\nHost: localhost:{other.Port}\n", received, StringComparison.Ordinal);
        Assert.Equal(
            """
            QUERY /b HTTP/1.1
            X-Kept: 1
            Content-Type: application/json
            Content-Length: 2

            {}
            """,
            WithoutHost(received));
        Assert.Contains("\nx-api-key: 1\n", (await origin.NextAsync()).Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QUERY", 303)]
    [InlineData("POST", 302)]
    [InlineData("GET", 307)]
    public async Task Without_content_the_redirect_is_followed_without_credentials(string method, int status)
    {
        await using var other = Origin.Start(Origin.Ok("found"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString(), status));
        using var client = CreateClient();
        using var request = new HttpRequestMessage(new(method), origin.Uri("/a"));
        if (method is not "GET") request.Content = Wire.Content("application/json", "{}");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer ann");
        request.Headers.TryAddWithoutValidation("Cookie", "user=ann");
        Assert.Equal("200 found", await client.TextAsync(request));
        Assert.Equal("GET /b HTTP/1.1\n\n", WithoutHost((await other.NextAsync()).Request));
    }

    [Fact]
    public async Task Names_that_are_removed_from_the_options_are_withheld_all_the_same()
    {
        var options = new QueryRedirectOptions();
        options.CredentialHeaders.Clear();
        await using var other = Origin.Start(Origin.Ok("found"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString(), 303));
        using var client = CreateClient(options);
        Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}", "Authorization: Bearer ann", "Cookie: user=ann")));
        Assert.Equal("GET /b HTTP/1.1\n\n", WithoutHost((await other.NextAsync()).Request));
    }

    [Fact]
    public async Task Content_with_a_credential_header_of_its_own_does_not_go_there()
    {
        await using var other = Origin.Start(Origin.Ok("stolen"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString()));
        using var client = CreateClient(Allowing);
        using var request = Cached.Query(origin.Uri("/a"), "{}");
        request.Content!.Headers.Add("X-Api-Key", "1");
        using var response = await client.SendAsync(request, Test);
        Assert.Equal(QueryRedirectRefusal.ContentToOtherOrigin, response.GetQueryInfo().RedirectRefusal);
        Assert.Equal(0, other.Count);
    }

    [Fact]
    public async Task A_way_back_to_the_first_origin_brings_no_credentials_back()
    {
        await using var origin = Origin.Start();
        await using var other = Origin.Start(To(origin.Uri("/c").ToString()));
        using var client = CreateClient(Allowing);
        var asking = client.TextAsync(Cached.Query(origin.Uri("/a"), "{}", "Authorization: Bearer ann"));
        await (await origin.NextAsync()).SendAsync(To(other.Uri("/b").ToString()));
        var last = await origin.NextAsync();
        await last.SendAsync(Origin.Ok("found"));
        Assert.Equal("200 found", await asking);
        Assert.StartsWith("QUERY /c ", last.Request, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", last.Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://one.test/a", "http://two.test/a", false)]
    [InlineData("http://one.test/a", "http://ONE.test/b", true)]
    [InlineData("http://one.test/a", "http://one.test:80/b", true)]
    [InlineData("http://one.test/a", "//one.test/b", true)]
    [InlineData("http://one.test/a", "http://one.test:81/b", false)]
    [InlineData("http://one.test/a", "https://one.test/b", false)]
    [InlineData("http://one.test/a", "http://one.test./b", false)]
    [InlineData("http://one.test/a", "http://sub.one.test/b", false)]
    [InlineData("http://one.test/a", "//two.test/b", false)]
    [InlineData("http://one.test/a", "\\\\two.test/b", false)]
    [InlineData("http://one.test/a", "/\\two.test/b", true)]
    [InlineData("http://one.test/a", "http:/b", true)]
    [InlineData("http://b\u00FCcher.test/a", "http://xn--bcher-kva.test/b", true)]
    [InlineData("http://[::1]/a", "http://[0:0:0:0:0:0:0:1]/b", true)]
    [InlineData("http://127.0.0.1/a", "http://2130706433/b", true)]
    public async Task An_origin_is_scheme_host_and_port(string from, string location, bool isSame)
    {
        var reached = new List<string>();
        using var client = CreateClient(inner: new StubHandler(request =>
        {
            reached.Add($"{request.RequestUri!.Scheme} {request.RequestUri.IdnHost} {request.RequestUri.Port} {request.Headers.Authorization} {request.Content is not null}");
            var response = new HttpResponseMessage(reached.Count == 1 ? HttpStatusCode.TemporaryRedirect : HttpStatusCode.OK) { RequestMessage = request };
            if (reached.Count == 1) response.Headers.TryAddWithoutValidation("Location", location);
            return response;
        }));
        using var response = await client.SendAsync(Cached.Query(new(from), "{}", "Authorization: Bearer ann"), Test);

        if (isSame) Assert.Equal([reached[0], reached[0]], reached);
        else Assert.Equal((1, 307), (reached.Count, (int)response.StatusCode));
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("Cookie")]
    [InlineData("X-Api-Key")]
    [InlineData("X-Cache-Key")]
    public async Task A_handler_below_that_adds_a_credential_there_is_refused_with_what_to_move(string name)
    {
        await using var other = Origin.Start(Origin.Ok("stolen"));
        await using var origin = Origin.Start(Paths(
            ("/away", To(other.Uri("/b").ToString(), 303)), ("/near", To("/c", 303)), ("/c", Origin.Ok("near"))));
        await using var provider = Build(
            services => services.AddHttpClient("one")
                .AddHttpQuery(options => options.Redirects.CredentialHeaders.Add("X-Api-Key"))
                .AddQueryCache(options => options.CredentialHeaders.Add("X-Cache-Key"))
                .AddHttpMessageHandler(() => new Adding(name)));
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("one");

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(Cached.Query(origin.Uri("/away"), "{}")));
        Assert.Contains($"'{name}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("call AddHttpMessageHandler before AddHttpQuery", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, other.Count);
        Assert.Equal("200 near", await client.TextAsync(Cached.Query(origin.Uri("/near"), "{}")));
    }

    [Fact]
    public async Task A_handler_above_that_adds_a_credential_loses_it_there()
    {
        await using var other = Origin.Start(Origin.Ok("found"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString(), 303));
        await using var provider = Build(services =>
            services.AddHttpClient("one").AddHttpMessageHandler(() => new Adding("Authorization")).AddHttpQuery());
        Assert.Equal("200 found", await provider.GetRequiredService<IHttpClientFactory>().CreateClient("one").TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.DoesNotContain("Authorization", (await other.NextAsync()).Request, StringComparison.Ordinal);
        Assert.Contains("Authorization: ", (await origin.NextAsync()).Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_below_that_asks_for_a_token_by_another_client_during_a_hop_is_not_disturbed()
    {
        await using var tokens = Origin.Start(Origin.Ok("token"));
        await using var other = Origin.Start(Origin.Ok("found"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString(), 303));
        await using var provider = Build(services =>
        {
            services.AddHttpClient("tokens").AddQueryCache();
            services.AddHttpClient("more").AddHttpQuery();
            services.AddHttpClient("one").AddHttpQuery().AddHttpMessageHandler(provider =>
                new AskingForToken(provider.GetRequiredService<IHttpClientFactory>(), tokens.Uri("/token")));
        });
        Assert.Equal("200 found", await provider.GetRequiredService<IHttpClientFactory>().CreateClient("one").TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal(4, tokens.Count);
    }

    [Theory]
    [InlineData("of the handler", "sockets", false)]
    [InlineData("of the handler", "client handler", false)]
    [InlineData("of the current account", "client handler", false)]
    [InlineData("by URI", "sockets", false)]
    [InlineData("of the first origin", "sockets", true)]
    [InlineData("by URI, for the first origin", "sockets", true)]
    [InlineData("none", "sockets", true)]
    public async Task Credentials_of_the_primary_handler_answer_no_challenge_there(string kind, string transport, bool isFollowed)
    {
        await using var other = Origin.Start(Origin.Response("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"a\""));
        await using var origin = Origin.Start(Paths(("/away", To(other.Uri("/b").ToString(), 303)), ("/near", To("/c", 303)), ("/c", Origin.Ok("near"))));
        var secret = new NetworkCredential("ann", "secret");
        ICredentials? credentials = kind switch
        {
            "of the handler" => secret,
            "of the current account" => CredentialCache.DefaultCredentials,
            "by URI" => new ByUri(_ => secret),
            "of the first origin" => new CredentialCache { { origin.Uri("/"), "Basic", secret } },
            "by URI, for the first origin" => new ByUri(uri => uri.Port == origin.Port ? secret : null),
            _ => null,
        };
        HttpMessageHandler inner = transport is "sockets" ? new SocketsHttpHandler { Credentials = credentials } : new HttpClientHandler { Credentials = credentials };
        using var client = CreateClient(inner: inner);
        using var response = await client.SendAsync(Cached.Query(origin.Uri("/away"), "{}"), Test);

        Assert.Equal(isFollowed ? (401, null) : (303, QueryRedirectRefusal.PrimaryHandlerCredentials), ((int)response.StatusCode, response.GetQueryInfo().RedirectRefusal));
        Assert.Equal(isFollowed ? 1 : 0, other.Count);
        Assert.Equal("200 near", await client.TextAsync(Cached.Query(origin.Uri("/near"), "{}")));
    }

    [Fact]
    public async Task Two_users_of_one_client_are_never_redirected_into_each_others_answer()
    {
        await using var origin = Origin.Start(request =>
        {
            var user = request.Contains("Bearer ann", StringComparison.Ordinal) ? "ann" : "bob";
            return request.StartsWith("QUERY /mine ", StringComparison.Ordinal) ? To($"/of-{user}", 303, Cached.Fresh)
                : Origin.Ok($"{request.Split(' ')[1]} for {user}", Cached.Fresh);
        });
        await using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery());
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("one");
        for (var i = 0; i < 2; i++)
        {
            var asking = new[] { "ann", "bob", "ann", "bob" }.Select(async user => (
                User: user, Text: await client.TextAsync(Cached.Query(origin.Uri("/mine"), "{}", $"Authorization: Bearer {user}"))));
            foreach (var (user, text) in await Task.WhenAll(asking)) Assert.Equal($"200 /of-{user} for {user}", text);
        }
    }

    private static ServiceProvider Build(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider();
    }

    private sealed class ByUri(Func<Uri, NetworkCredential?> find) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) => find(uri);
    }

    [Fact]
    public async Task A_handler_below_that_sends_from_another_flow_is_refused_as_well()
    {
        await using var other = Origin.Start(Origin.Ok("stolen"));
        await using var origin = Origin.Start(Paths(("/away", To(other.Uri("/b").ToString(), 303))));
        await using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery()
            .AddHttpMessageHandler(() => new AnotherFlow()).AddHttpMessageHandler(() => new Adding("Authorization")));
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("one");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(Cached.Query(origin.Uri("/away"), "{}")));
        Assert.Equal(0, other.Count);
    }

    private sealed class AnotherFlow : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using (ExecutionContext.SuppressFlow())
                return Task.Run(() => base.SendAsync(request, cancellationToken), cancellationToken);
        }
    }

    private sealed class Adding(string name) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation(name, "secret");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class AskingForToken(IHttpClientFactory factory, Uri uri) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            foreach (var name in new[] { "tokens", "more" })
                Assert.Equal("200 token", await factory.CreateClient(name).TextAsync(Cached.Get(uri, "Authorization: Basic YQ==")));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
