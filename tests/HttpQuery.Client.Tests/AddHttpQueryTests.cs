using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using HttpQuery.Client.Tests.PrivateCache;
using HttpQuery.Client.Tests.Redirection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using static HttpQuery.Client.Tests.Redirection.Redirects;

namespace HttpQuery.Client.Tests;

/// <summary><c>AddHttpQuery</c>: the order of handlers, whatever is added before and after it.</summary>
public sealed partial class AddHttpQueryTests
{
    private const string Innermost = "ConnectionRetryHandler > RedirectedRequestCheck > OutgoingRequestHandler > HttpClientHandler";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public void Handlers_stand_where_it_was_called_and_the_checks_innermost() => Assert.Equal(
        "Before > QueryDiscoveryHandler > QueryRedirectHandler > QueryCacheHandler > After > " + Innermost,
        OrderOf(client => client.AddHttpMessageHandler(() => new Before()).AddHttpQuery().AddHttpMessageHandler(() => new After())));

    [Theory]
    [InlineData("twice")]
    [InlineData("defaults and client")]
    [InlineData("cache before")]
    [InlineData("cache after")]
    [InlineData("redirects before")]
    [InlineData("redirects after")]
    [InlineData("parts, cache first")]
    public void Each_handler_is_added_once_and_redirects_stand_above_the_cache(string how)
    {
        var order = OrderOf(
            client => _ = how switch
            {
                "twice" => client.AddHttpQuery().AddHttpQuery(),
                "cache before" => client.AddQueryCache().AddHttpQuery(),
                "cache after" => client.AddHttpQuery().AddQueryCache(),
                "redirects before" => client.AddQueryRedirects().AddHttpQuery(),
                "redirects after" => client.AddHttpQuery().AddQueryRedirects(),
                "parts, cache first" => client.AddQueryCache().AddQueryRedirects(),
                _ => client.AddHttpQuery(),
            },
            defaults: how is "defaults and client");
        var discovery = how is "parts, cache first" ? "" : "QueryDiscoveryHandler > ";
        var innermost = how is "parts, cache first" ? Innermost.Replace("ConnectionRetryHandler > ", "", StringComparison.Ordinal) : Innermost;
        Assert.Equal($"{discovery}QueryRedirectHandler > QueryCacheHandler > {innermost}", order);
    }

    [Fact]
    public void A_handler_between_an_earlier_cache_and_the_call_keeps_its_place() => Assert.Equal(
        "QueryDiscoveryHandler > QueryRedirectHandler > QueryCacheHandler > Before > " + Innermost,
        OrderOf(client => client.AddQueryCache().AddHttpMessageHandler(() => new Before()).AddHttpQuery()));

    [Fact]
    public void Each_part_can_be_turned_off()
    {
        Assert.Equal("HttpClientHandler", OrderOf(client => client.AddHttpQuery(TurnOff)));
        Assert.Equal("QueryCacheHandler > OutgoingRequestHandler > HttpClientHandler", With(options => options.UseCache = true));
        Assert.Equal("QueryRedirectHandler > RedirectedRequestCheck > HttpClientHandler", With(options => options.UseRedirects = true));
        Assert.Equal("QueryDiscoveryHandler > HttpClientHandler", With(options => options.UseDiscovery = true));
        Assert.Equal("ConnectionRetryHandler > HttpClientHandler", With(options => options.UseConnectionRetry = true));
        Assert.Equal("QueryLocationHandler > HttpClientHandler", With(options => options.UseLocation = true));
        Assert.Equal("QueryFallbackHandler > HttpClientHandler", With(options =>
        {
            options.UseFallback = options.UseConnectionRetry = true;
            options.Fallback.Paths.Add("/a");
        }));

        static string With(Action<HttpQueryClientOptions> turnOn) => OrderOf(client => client.AddHttpQuery(TurnOff).AddHttpQuery(turnOn));

        static void TurnOff(HttpQueryClientOptions options) =>
            options.UseCache = options.UseRedirects = options.UseDiscovery = options.UseConnectionRetry = false;
    }

    [Fact]
    public void The_switch_to_GET_and_the_fallback_stand_below_the_handlers_of_the_application() => Assert.Equal(
        "QueryDiscoveryHandler > QueryRedirectHandler > QueryCacheHandler > Before > After > QueryLocationHandler > "
        + Innermost.Replace("ConnectionRetryHandler", "QueryFallbackHandler", StringComparison.Ordinal),
        OrderOf(client => client.AddQueryFallback(options => options.Paths.TryAdd("/a", "/b")).AddQueryLocations()
            .AddQueryCache().AddQueryDiscovery().AddHttpMessageHandler(() => new Before()).AddHttpQuery().AddHttpMessageHandler(() => new After())));

    [Fact]
    public async Task Without_our_redirects_those_of_dotnet_stay_on()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", Origin.Ok("found"))));
        await using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery(options => options.UseRedirects = false));
        Assert.Equal("200 found", await Client(provider).TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
    }

    [Theory]
    [InlineData("sockets")]
    [InlineData("client handler")]
    [InlineData("below a delegating handler")]
    public async Task Automatic_redirects_of_the_primary_handler_are_switched_off(string kind)
    {
        await using var other = Origin.Start(Origin.Ok("stolen"));
        await using var origin = Origin.Start(To(other.Uri("/b").ToString()));
        HttpMessageHandler primary = kind switch
        {
            "sockets" => new SocketsHttpHandler { AllowAutoRedirect = true },
            "client handler" => new HttpClientHandler { AllowAutoRedirect = true },
            _ => new Before { InnerHandler = new SocketsHttpHandler() },
        };
        await using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery().ConfigurePrimaryHttpMessageHandler(() => primary));
        Assert.Equal("307 ", await Client(provider).TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal(0, other.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_primary_handler_that_follows_redirects_and_is_in_use_is_an_error_that_says_what_to_do(bool isFollowing)
    {
        await using var origin = Origin.Start(Origin.Ok("found"));
        using var primary = new SocketsHttpHandler { AllowAutoRedirect = isFollowing };
        using var earlier = new HttpClient(primary, disposeHandler: false);
        await earlier.TextAsync(Cached.Get(origin.Uri("/")));
        using var client = Redirects.CreateClient(inner: primary);
        for (var i = 0; i < 2; i++)
        {
            if (!isFollowing)
            {
                Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
                continue;
            }
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
            Assert.Contains("Set AllowAutoRedirect = false", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Many_first_requests_at_once_switch_them_off_without_an_error()
    {
        await using var origin = Origin.Start(Origin.Ok("found"));
        using var client = Redirects.CreateClient();
        var asking = Enumerable.Range(0, 20).Select(_ => Task.Run(() => client.TextAsync(Cached.Query(origin.Uri("/a"), "{}"))));
        Assert.All(await Task.WhenAll(asking), text => Assert.Equal("200 found", text));
    }

    [Theory]
    [InlineData(true, "/a /b /b")]
    [InlineData(false, "/a /b /a /b")]
    public async Task A_retry_below_repeats_the_hop_and_a_retry_above_the_whole_way(bool isBelow, string expected)
    {
        var failures = 1;
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", "")) is var paths
            ? request => request.Split(' ')[1] is "/b" ? Interlocked.Decrement(ref failures) >= 0 ? Origin.Response("503 Busy", "") : Origin.Ok("found") : paths(request)
            : null!);
        await using var provider = Build(services =>
        {
            var client = services.AddHttpClient("one");
            if (isBelow) client.AddHttpQuery();
            client.AddStandardResilienceHandler(Quick);
            if (!isBelow) client.AddHttpQuery();
        });
        using var content = JsonContent.Create(Once(["x", "y"]));
        using var response = await Client(provider).QueryAsync(origin.Uri("/a"), content, Test);
        Assert.Equal("found", await response.Content.ReadAsStringAsync(Test));

        var count = expected.Split(' ').Length;
        var received = await origin.ReceivedAsync(count);
        Assert.Equal(expected, string.Join(' ', received.Select(request => request.Split(' ')[1])));
        Assert.All(received, request => Assert.EndsWith("\n\n[\"x\",\"y\"]", request, StringComparison.Ordinal));
        Assert.Equal(count, origin.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_that_went_once_is_not_retried_and_the_caller_learns_why(bool isBelow)
    {
        await using var origin = Origin.Start(Origin.Response("503 Busy", ""), Origin.Ok("shorter"));
        await using var provider = Build(services =>
        {
            var client = services.AddHttpClient("one");
            if (isBelow) client.AddHttpQuery(options => options.MaximumReplayLength = 1000);
            client.AddStandardResilienceHandler(Quick);
            if (!isBelow) client.AddHttpQuery(options => options.MaximumReplayLength = 1000);
        });
        using var content = JsonContent.Create(Once(Enumerable.Repeat("x", 1000)));
        var exception = await Assert.ThrowsAsync<QueryContentNotReplayableException>(() => Client(provider).QueryAsync(origin.Uri("/a"), content, Test));
        Assert.Contains("1000 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData("redirects above")]
    [InlineData("redirects below")]
    public async Task Automatic_decompression_reads_the_target_and_the_redirect(string order)
    {
        var packed = Pack("found");
        await using var origin = Origin.Start(Paths(
            ("/a", Origin.Response("307 Redirect", Pack("see b"), "Location: /b", "Content-Encoding: gzip", Cached.Fresh)),
            ("/b", Origin.Response("200 OK", packed, "Content-Encoding: gzip", Cached.Fresh))));
        await using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery(options => options.UseRedirects = order is "redirects above")
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }));
        for (var i = 0; i < 2; i++) Assert.Equal("200 found", await Client(provider).TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.All(await origin.ReceivedAsync(2), request => Assert.Contains("Accept-Encoding: gzip", request, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_cache_above_or_below_sees_requests_and_responses_that_belong_together(bool isAbove)
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b", 303, "Cache-Control: no-store")), ("/b", Origin.Ok("found", "Cache-Control: no-store"))));
        var other = new OtherCache();
        await using var provider = Build(services =>
        {
            var client = services.AddHttpClient("one");
            if (isAbove) client.AddHttpMessageHandler(() => other).AddHttpQuery();
            else client.AddHttpQuery().AddHttpMessageHandler(() => other);
        });
        for (var i = 0; i < 2; i++)
        {
            using var response = await Client(provider).SendAsync(Cached.Get(origin.Uri("/a")), Test);
            Assert.Equal("found", await response.Content.ReadAsStringAsync(Test));
        }
        Assert.Equal(2, origin.Count);
        Assert.Equal(isAbove ? ["/a"] : ["/a", "/b"], other.Stored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_cache_of_ours_above_the_redirects_stores_nothing_under_the_first_URI()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", Origin.Ok("found", Cached.Fresh))));
        using var client = new HttpClient(new QueryCacheHandler { InnerHandler = new QueryRedirectHandler { InnerHandler = new SocketsHttpHandler() } });
        for (var i = 0; i < 2; i++) Assert.Equal("200 found", await client.TextAsync(Cached.Query(origin.Uri("/a"), "{}")));
        Assert.Equal(4, origin.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task JSON_that_was_replaced_above_the_cache_is_stored_although_the_caller_has_its_content_again(bool isLazy)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        await using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery());
        for (var i = 0; i < 2; i++)
        {
            using var content = isLazy ? JsonContent.Create(Once(["x"])) : JsonContent.Create(new[] { "x" });
            using var request = new HttpRequestMessage(HttpMethod.Query, origin.Uri("/a")) { Content = content };
            using var response = await Client(provider).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Test);
            Assert.Same(content, request.Content);
            Assert.Equal("first", await response.Content.ReadAsStringAsync(Test));
        }
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task Headers_and_options_that_handlers_below_add_to_a_hop_are_not_part_of_the_next()
    {
        await using var origin = Origin.Start(Paths(("/a", To("/b")), ("/b", To("/c", 303)), ("/c", Origin.Ok("found"))));
        await using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery()
            .AddStandardResilienceHandler().Services.AddHttpClient("one").AddHttpMessageHandler(() => new AddingOnce()));
        using var activity = new System.Diagnostics.Activity("search").Start();
        using var request = Cached.Query(origin.Uri("/a"), "{}", "X-Own: 1");
        using var response = await Client(provider).SendAsync(request, Test);

        var received = await origin.ReceivedAsync(3);
        Assert.All(received, text => Assert.Contains("\nX-Added: 1\n", text, StringComparison.Ordinal));
        Assert.All(received, text => Assert.Contains("\nX-Own: 1\n", text, StringComparison.Ordinal));
        var parents = received.Select(text => text.Split("\ntraceparent: ")[1].Split('\n')[0]).ToArray();
        Assert.All(parents, parent => Assert.Contains(activity.TraceId.ToString(), parent, StringComparison.Ordinal));
        Assert.Equal(3, parents.Distinct().Count());
    }

    private static void Quick(HttpStandardResilienceOptions options) => (options.Retry.MaxRetryAttempts, options.Retry.Delay) = (2, TimeSpan.Zero);

    private static IEnumerable<string> Once(IEnumerable<string> items)
    {
        var queue = new Queue<string>(items);
        return Lazily();

        IEnumerable<string> Lazily()
        {
            while (queue.TryDequeue(out var item)) yield return item;
        }
    }

    private static string Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.ASCII.GetBytes(text));
        return Encoding.Latin1.GetString(packed.ToArray());
    }

    private static ServiceProvider Build(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider();
    }

    private static HttpClient Client(ServiceProvider provider) => provider.GetRequiredService<IHttpClientFactory>().CreateClient("one");

    // The names of the handlers, without those of the factory.
    private static string OrderOf(Action<IHttpClientBuilder> add, bool defaults = false)
    {
        using var provider = Build(services =>
        {
            if (defaults) services.ConfigureHttpClientDefaults(client => client.AddHttpQuery());
            add(services.AddHttpClient("one").ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler()));
        });
        var names = new List<string>();
        for (var handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("one"); handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
        {
            if (handler.GetType().Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) is not true) names.Add(handler.GetType().Name);
        }
        return string.Join(" > ", names);
    }

    private sealed class AddingOnce : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.False(request.Options.TryGetValue(new HttpRequestOptionsKey<bool>("added"), out _));
            request.Options.Set(new HttpRequestOptionsKey<bool>("added"), true);
            request.Headers.Add("X-Added", "1");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Before : DelegatingHandler;

    private sealed class After : DelegatingHandler;

    // Keeps texts by target, and answers with a message of its own.
    private sealed class OtherCache : DelegatingHandler
    {
        private readonly Dictionary<string, (HttpStatusCode Status, Uri? Location, string Text)> _stored = [];

        public IEnumerable<string> Stored => _stored.Keys;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var target = request.RequestUri!.AbsolutePath;
            if (!_stored.TryGetValue(target, out var stored))
            {
                using var response = await base.SendAsync(request, cancellationToken);
                stored = (response.StatusCode, response.Headers.Location, await response.Content.ReadAsStringAsync(cancellationToken));
                _stored[target] = stored;
            }
            return new(stored.Status) { RequestMessage = request, Headers = { Location = stored.Location }, Content = new StringContent(stored.Text) };
        }
    }
}
