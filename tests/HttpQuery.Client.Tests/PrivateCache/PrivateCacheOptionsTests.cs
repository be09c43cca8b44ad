using HttpQuery.CacheKeys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary><see cref="PrivateCacheOptions"/>: options that tell users apart, and values that are refused.</summary>
public sealed class PrivateCacheOptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("X Api Key")]
    [InlineData("X-Api-Key:")]
    [InlineData("X-Schlüssel")]
    [InlineData(null)]
    public void A_credential_header_that_is_no_name_is_refused_with_advice(string? name)
    {
        var options = new PrivateCacheOptions { CredentialHeaders = { name! } };
        Assert.Contains("such as X-Api-Key", Assert.Throws<ArgumentException>(() => new QueryCacheHandler(options)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<PrivateCacheOptions>, bool> Edges { get; } = new()
    {
        { "Name", o => o.Name = "", false },
        { "Name", o => o.Name = "caché", false },
        { "Name", o => o.Name = "edge 1", true },
        { "MaximumSize", o => o.MaximumSize = 0, false },
        { "MaximumSize", o => o.MaximumSize = 1, true },
        { "MaximumCount", o => o.MaximumCount = 0, false },
        { "MaximumCount", o => o.MaximumCount = 1, true },
        { "MaximumContentLength", o => o.MaximumContentLength = -1, false },
        { "MaximumContentLength", o => o.MaximumContentLength = 0, true },
        { "MaximumContentLength", o => o.MaximumContentLength = 1 << 30, true },
        { "MaximumContentLength", o => o.MaximumContentLength = (1 << 30) + 1, false },
        { "MaximumResponseLength", o => o.MaximumResponseLength = -1, false },
        { "MaximumResponseLength", o => o.MaximumResponseLength = 0, true },
        { "MaximumResponseLength", o => o.MaximumResponseLength = (1 << 30) + 1, false },
        { "MaximumPendingSize", o => o.MaximumPendingSize = (1024 * 1024) - 1, false },
        { "MaximumPendingSize", o => o.MaximumPendingSize = 1024 * 1024, true },
        { "MaximumMemoSize", o => o.MaximumMemoSize = -1, false },
        { "MaximumMemoSize", o => o.MaximumMemoSize = 0, true },
        { "MaximumRequestDuration", o => o.MaximumRequestDuration = TimeSpan.Zero, false },
        { "MaximumRequestDuration", o => o.MaximumRequestDuration = TimeSpan.FromDays(30), true },
        { "MaximumRequestDuration", o => o.MaximumRequestDuration = TimeSpan.FromDays(30) + TimeSpan.FromTicks(1), false },
        { "StoreTimeout", o => o.StoreTimeout = TimeSpan.Zero, false },
        { "StoreTimeout", o => o.StoreTimeout = TimeSpan.FromDays(1), true },
        { "StoreTimeout", o => o.StoreTimeout = TimeSpan.FromDays(1.1), false },
        { "CollapseTimeout", o => o.CollapseTimeout = TimeSpan.FromTicks(-1), false },
        { "CollapseTimeout", o => o.CollapseTimeout = TimeSpan.Zero, true },
        { "FollowerTimeout", o => o.FollowerTimeout = TimeSpan.FromTicks(-1), false },
        { "FollowerTimeout", o => o.FollowerTimeout = TimeSpan.Zero, true },
        { "RevalidationTimeout", o => o.RevalidationTimeout = TimeSpan.Zero, false },
        { "RevalidationTimeout", o => o.RevalidationTimeout = TimeSpan.FromDays(1), true },
        { "MaximumStaleWhenDisconnected", o => o.MaximumStaleWhenDisconnected = TimeSpan.FromTicks(-1), false },
        { "MaximumStaleWhenDisconnected", o => o.MaximumStaleWhenDisconnected = TimeSpan.MaxValue, true },
        { "Normalizations", o => o.Normalizations = (QueryNormalizations)16, false },
        { "Normalizers", o => o.Normalizers.Add(null!), false },
    };

    [Theory, MemberData(nameof(Edges))]
    public void An_option_out_of_range_is_refused_by_its_name(string name, Action<PrivateCacheOptions> configure, bool isValid)
    {
        var options = new PrivateCacheOptions();
        configure(options);
        var count = 0;
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddQueryCache(o =>
        {
            count++;
            configure(o);
        });
        using var provider = services.BuildServiceProvider();
        var validator = provider.GetRequiredService<IStartupValidator>();
        if (isValid)
        {
            using (new QueryCacheHandler(options)) validator.Validate();
        }
        else
        {
            Assert.StartsWith($"PrivateCacheOptions.{name}", Assert.Throws<ArgumentException>(() => new QueryCacheHandler(options)).Message, StringComparison.Ordinal);
            Assert.StartsWith($"HttpClient 'api': HttpQuery:PrivateCache:Clients:api:{name}", Assert.Throws<OptionsValidationException>(validator.Validate).Message, StringComparison.Ordinal);
        }
        Assert.Equal(1, count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Options_that_are_configured_by_the_name_of_the_client_count_and_are_checked(bool isBefore)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        var services = new ServiceCollection();
        if (isBefore) services.Configure<PrivateCacheOptions>("api", o => o.MaximumResponseLength = 4);
        services.AddHttpClient("api").AddQueryCache(o => o.CredentialHeaders.Add("X-Api-Key"));
        services.AddHttpClient("other").AddQueryCache();
        if (!isBefore) services.Configure<PrivateCacheOptions>("api", o => o.MaximumResponseLength = 4);
        await using (var provider = services.BuildServiceProvider())
        {
            var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
            Assert.Equal("200 first", await client.TextAsync(Cached.Get(origin.Uri("/"))));
            Assert.Equal("200 second", await client.TextAsync(Cached.Get(origin.Uri("/"))));
            var other = provider.GetRequiredService<IHttpClientFactory>().CreateClient("other");
            for (var i = 0; i < 2; i++) await other.TextAsync(Cached.Get(origin.Uri("/")));
            Assert.Equal(3, origin.Count);
            provider.GetRequiredService<IStartupValidator>().Validate();
        }

        services.Configure<PrivateCacheOptions>("api", o => o.MaximumCount = 0);
        await using var wrong = services.BuildServiceProvider();
        var failure = Assert.Throws<OptionsValidationException>(wrong.GetRequiredService<IStartupValidator>().Validate);
        Assert.Contains("HttpClient 'api': HttpQuery:PrivateCache:Clients:api:MaximumCount must be positive.", failure.Message, StringComparison.Ordinal);
        Assert.Throws<OptionsValidationException>(() => wrong.GetRequiredService<IHttpClientFactory>().CreateClient("api"));
        using (wrong.GetRequiredService<IHttpClientFactory>().CreateClient("other")) { }
    }

    // Each row: the headers of two requests, LF between lines.
    [Theory]
    [InlineData("X-Api-Key: a", "X-Api-Key: b", false)]
    [InlineData("X-Api-Key: a", "x-api-key: a", true)]
    [InlineData("X-Api-Key: a", "", false)]
    [InlineData("X-Api-Key:", "", false)]
    [InlineData("X-Api-Key: a", "X-Token: a", false)]
    [InlineData("X-Api-Key: a\nX-Token: b", "X-Api-Key: b\nX-Token: a", false)]
    [InlineData("X-Api-Key: a\nX-Token: b", "X-Token: b\nX-Api-Key: a", true)]
    [InlineData("X-Api-Key: a\nX-Api-Key: b", "X-Api-Key: a, b", false)]
    [InlineData("X-Api-Key: a\nX-Api-Key: b", "X-Api-Key: b\nX-Api-Key: a", false)]
    [InlineData("X-Api-Key: ab", "X-Api-Key: a\nX-Api-Key: b", false)]
    [InlineData("X-Api-Key: ab\nX-Api-Key: c", "X-Api-Key: a\nX-Api-Key: bc", false)]
    [InlineData("Cookie: a", "Authorization: a", false)]
    [InlineData("Cookie: a", "Cookie: a\nCookie:", false)]
    [InlineData("X-Other: a", "X-Other: b", true)]
    public async Task Credential_headers_tell_users_apart(string first, string second, bool isShared)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client(new() { CredentialHeaders = { "x-API-key", "X-Token", "X-Api-Key" } });

        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", Fields(first))));
        Assert.Equal(isShared ? "200 first" : "200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", Fields(second))));
        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", Fields(first))));
    }

    [Theory]
    [InlineData("a", null, null, "a")]
    [InlineData(null, "a", null, null)]
    [InlineData("", null, null, null)]
    public async Task Partition_and_headers_do_not_run_into_each_other(string? partition, string? cookie, string? otherPartition, string? otherCookie)
    {
        var count = 0;
        string? current = null;
        using var client = Cached.Client(new() { Partition = _ => current }, inner: new StubHandler(request =>
            new() { RequestMessage = request, Content = new StringContent($"{++count}"), Headers = { { "Cache-Control", "max-age=60" } } }));
        foreach (var (own, text) in new[] { (partition, cookie), (otherPartition, otherCookie) })
        {
            current = own;
            string[] fields = text is null ? [] : ["Cookie: " + text];
            await client.TextAsync(Cached.Get(new("http://localhost/"), fields));
        }
        Assert.Equal(2, count);
    }

    [Fact]
    public Task Half_surrogate_pairs_are_not_equal() => Partition_and_headers_do_not_run_into_each_other(((char)0xD800).ToString(), null, ((char)0xD801).ToString(), null);

    [Fact]
    public async Task A_credential_among_the_headers_of_the_content_counts()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client(new() { CredentialHeaders = { "X-Api-Key" } });
        foreach (var (key, answer) in new[] { ("a", "first"), ("b", "second") })
        {
            var request = Cached.Query(origin.Uri("/"), "{}");
            request.Content!.Headers.Add("X-Api-Key", key);
            Assert.Equal("200 " + answer, await client.TextAsync(request));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cookies_of_the_container_count(bool isHttpClientHandler)
    {
        await using var origin = Origin.Start(request =>
        {
            var cookie = request.IndexOf("\nCookie: ", StringComparison.Ordinal);
            var user = cookie < 0 ? "visitor" : request[(cookie + 9)..request.IndexOf('\n', cookie + 1)];
            return request.StartsWith("POST /", StringComparison.Ordinal)
                ? Origin.Response("204 No Content", "", "Set-Cookie: user=" + request[6..request.IndexOf(' ', 6)] + "; path=/").Replace("Content-Length: 0\n", "", StringComparison.Ordinal)
                : Origin.Ok(user, Cached.Fresh);
        });
        using var client = Cached.Client(inner: new CredentialHandler(CredentialHandlerKind.InPlace) { InnerHandler = isHttpClientHandler ? new HttpClientHandler() : new SocketsHttpHandler() });

        for (var i = 0; i < 2; i++) Assert.Equal("200 visitor", await client.TextAsync(Cached.Get(origin.Uri("/"))));
        foreach (var user in new[] { "ann", "bob" })
        {
            await client.TextAsync(new(HttpMethod.Post, origin.Uri("/" + user)));
            for (var i = 0; i < 2; i++) Assert.Equal("200 user=" + user, await client.TextAsync(Cached.Get(origin.Uri("/"))));
        }
        Assert.Equal(5, origin.Count);
    }

    [Fact]
    public async Task A_cookie_that_comes_while_a_request_is_sent_is_not_that_of_the_lookup()
    {
        var container = new System.Net.CookieContainer();
        await using var origin = Origin.Start();
        using var client = Cached.Client(inner: new SocketsHttpHandler { CookieContainer = container });
        var first = client.TextAsync(Cached.Get(origin.Uri("/")));
        var exchange = await origin.NextAsync();
        container.Add(origin.Uri("/"), new System.Net.Cookie("user", "ann"));
        await exchange.SendAsync(Origin.Ok("first", Cached.Fresh));
        Assert.Equal("200 first", await first);

        container.GetAllCookies().Single().Expired = true;
        var second = client.TextAsync(Cached.Get(origin.Uri("/")));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("second", Cached.Fresh));
        Assert.Equal("200 second", await second);
    }

    [Fact]
    public async Task Content_counts_byte_by_byte_unless_a_difference_is_named()
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh), Origin.Ok("third", Cached.Fresh));
        using var exact = Cached.Client();
        Assert.Equal("200 first", await exact.TextAsync(Cached.Query(origin.Uri("/"), """{"a":1}""")));
        Assert.Equal("200 second", await exact.TextAsync(Cached.Query(origin.Uri("/"), """{ "a": 1 }""")));

        using var named = Cached.Client(new() { Normalizations = QueryNormalizations.JsonSpelling });
        Assert.Equal("200 third", await named.TextAsync(Cached.Query(origin.Uri("/"), """{"a":1}""")));
        Assert.Equal("200 third", await named.TextAsync(Cached.Query(origin.Uri("/"), """{ "a": 1 }""")));
        Assert.Equal(3, origin.Count);
    }

    private static string[] Fields(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
