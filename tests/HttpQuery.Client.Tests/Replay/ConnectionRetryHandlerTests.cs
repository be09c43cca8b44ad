#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Client.Tests.Replay;

/// <summary>A pooled connection that the server has just closed costs no error.</summary>
public sealed class ConnectionRetryHandlerTests
{
    private readonly ConcurrentQueue<string> _received = new();

    [Fact]
    public async Task A_query_on_a_connection_that_was_just_closed_is_sent_again_with_its_content()
    {
        // The second request arrives on the connection of the first. The server closes it, as if its idle timeout had passed.
        await using var origin = Start("done", "", "again");
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        foreach (var (expected, isRetried) in new[] { ("done", false), ("again", true), ("again", false) })
        {
            using var request = Cached.Query(origin.Uri("/rfcs"), """{"a":1}""");
            using var response = await client.SendAsync(request);
            Assert.Equal((expected, isRetried), (await response.Content.ReadAsStringAsync(), response.GetQueryInfo().ConnectionRetried));
            Assert.Same(request, response.RequestMessage);
        }
        Assert.Equal(4, _received.Count);
        Assert.All(_received, request => Assert.EndsWith("\nContent-Length: 7\n\n{\"a\":1}", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_closes_twice_gets_no_third_request()
    {
        await using var origin = Start("");
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(Cached.Query(origin.Uri("/rfcs"), "{}")));
        Assert.Equal((HttpRequestError.ResponseEnded, 2), (failure.HttpRequestError, origin.Count));
    }

    [Fact]
    public async Task A_POST_is_never_sent_again()
    {
        await using var origin = Start("");
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.TextAsync(new(HttpMethod.Post, origin.Uri("/rfcs")) { Content = new StringContent("{}") }));
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task Content_that_is_sent_once_fails_as_before()
    {
        await using var origin = Start("");
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.TextAsync(new(HttpMethod.Query, origin.Uri("/rfcs")) { Content = new StreamContent(new UnseekableStream()) }));
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task A_response_that_has_begun_is_never_asked_for_again()
    {
        await using var origin = Origin.Start();
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        var sending = client.TextAsync(Cached.Query(origin.Uri("/rfcs"), "{}"));
        var exchange = await origin.NextAsync();
        await exchange.SendAsync("HTTP/1.1 200 OK\nContent-Length: 10\n\nabc");
        exchange.Close();
        await Assert.ThrowsAsync<HttpRequestException>(() => sending);
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task A_synchronous_query_is_sent_again_as_well()
    {
        await using var origin = Start("", "done");
        await using var services = Build();
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        using var request = Cached.Query(origin.Uri("/rfcs"), "{}");
        using var response = await Task.Run(() => client.Send(request));
        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, origin.Count));
    }

    [Fact]
    public async Task The_cache_stores_the_response_to_the_second_request()
    {
        await using var origin = Origin.Start("", Origin.Ok("done", Cached.Fresh));
        await using var services = Build(client => client.AddHttpQuery());
        var client = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        for (var i = 0; i < 2; i++) Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/rfcs"), "{}")));
        Assert.Equal(2, origin.Count);
    }

    private static ServiceProvider Build(Action<IHttpClientBuilder>? add = null)
    {
        var services = new ServiceCollection();
        var client = services.AddHttpClient("api");

        // Twice: the client has one handler of each kind.
        for (var i = 0; i < 2; i++) (add ?? (builder => builder.AddHttpQuery(options => options.UseCache = false)))(client);
        return services.BuildServiceProvider();
    }

    // An empty text closes the connection. The last text is repeated.
    private Origin Start(params string[] texts)
    {
        var next = 0;
        return Origin.Start(request =>
        {
            _received.Enqueue(request);
            var text = texts[Math.Min(next++, texts.Length - 1)];
            return text.Length == 0 ? "" : Origin.Ok(text);
        });
    }

    private sealed class UnseekableStream : MemoryStream
    {
        public override bool CanSeek => false;
    }
}
