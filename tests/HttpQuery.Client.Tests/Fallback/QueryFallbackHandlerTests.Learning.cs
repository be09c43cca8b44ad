#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.Fallback;

// What is learned of servers, for how long, and by which request.
public sealed partial class QueryFallbackHandlerTests
{
    [Fact]
    public async Task What_was_learned_expires_and_one_request_tries_again()
    {
        await using var origin = Start(request => IsQuery(request) ? NotAllowed : Origin.Ok("done"));
        using var client = Client(options => options.Lifetime = TimeSpan.FromMinutes(1));
        await QueryAsync();
        _time.Advance(TimeSpan.FromSeconds(59));
        await QueryAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await QueryAsync();
        await QueryAsync();
        Assert.Equal("QUERY /pods, POST /pods/_search, POST /pods/_search, QUERY /pods, POST /pods/_search, POST /pods/_search", Lines());

        Task<string> QueryAsync() => client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
    }

    [Fact]
    public async Task A_server_that_has_learned_QUERY_gets_QUERY_again_after_the_lifetime()
    {
        var isUpdated = false;
        await using var origin = Start(request => IsQuery(request) && !isUpdated ? "HTTP/1.1 501 Not Implemented\nContent-Length: 0\n\n"
            : Origin.Ok("done"));
        using var client = Client();
        await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        isUpdated = true;
        _time.Advance(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 2; i++) Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("QUERY /pods, POST /pods/_search, QUERY /pods, QUERY /pods", Lines());
    }

    [Fact]
    public async Task While_one_request_tries_QUERY_again_the_others_use_POST()
    {
        await using var origin = Origin.Start();
        using var client = Client();
        var first = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        await (await origin.NextAsync()).SendAsync(NotAllowed);
        await (await origin.NextAsync()).SendAsync(Origin.Ok("first"));
        Assert.Equal("200 first", await first);

        _time.Advance(TimeSpan.FromMinutes(10));
        var probe = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        var query = await origin.NextAsync();
        Assert.StartsWith("QUERY /pods ", query.Request, StringComparison.Ordinal);
        var other = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        var post = await origin.NextAsync();
        Assert.StartsWith("POST /pods/_search ", post.Request, StringComparison.Ordinal);
        await post.SendAsync(Origin.Ok("other"));
        Assert.Equal("200 other", await other);
        await query.SendAsync(Origin.Ok("query"));
        Assert.Equal("200 query", await probe);
    }

    [Fact]
    public async Task Concurrent_first_requests_wait_for_the_one_that_finds_out()
    {
        await using var origin = Origin.Start();
        using var client = Client();
        var first = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        var query = await origin.NextAsync();
        var others = Enumerable.Range(0, 5).Select(_ => client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"))).ToArray();
        await query.SendAsync(NotAllowed);

        // One QUERY, and six POSTs.
        for (var i = 0; i < 6; i++)
        {
            var post = await origin.NextAsync();
            Assert.StartsWith("POST /pods/_search ", post.Request, StringComparison.Ordinal);
            await post.SendAsync(Origin.Ok("done"));
        }
        Assert.All(await Task.WhenAll([first, .. others]), text => Assert.Equal("200 done", text));
        Assert.Equal(7, origin.Count);
    }

    [Fact]
    public async Task A_request_waits_no_longer_than_the_timeout_and_its_own_cancellation()
    {
        await using var origin = Origin.Start();
        using var client = Client();
        var first = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        var query = await origin.NextAsync();
        using var gone = new CancellationTokenSource();
        var cancelled = client.SendAsync(Cached.Query(origin.Uri("/pods"), "{}"), gone.Token);
        var patient = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(1, origin.Count);

        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await origin.NextAsync();
        Assert.StartsWith("QUERY /pods ", second.Request, StringComparison.Ordinal);
        await second.SendAsync(Origin.Ok("second"));
        Assert.Equal("200 second", await patient);
        await query.SendAsync(Origin.Ok("first"));
        Assert.Equal("200 first", await first);
    }

    [Fact]
    public async Task After_a_cancelled_first_request_the_next_one_finds_out()
    {
        await using var origin = Origin.Start();
        using var client = Client();
        using var gone = new CancellationTokenSource();
        var first = client.SendAsync(Cached.Query(origin.Uri("/pods"), "{}"), gone.Token);
        await origin.NextAsync();
        var second = client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        await (await origin.NextAsync()).SendAsync(Origin.Ok("second"));
        Assert.Equal("200 second", await second);
    }

    [Fact]
    public async Task A_pooled_connection_that_was_closed_teaches_nothing()
    {
        var isFirst = true;
        await using var origin = Start(request =>
        {
            if (!request.Contains("stale", StringComparison.Ordinal) || !isFirst) return Origin.Ok("done");
            isFirst = false;
            return "";
        });
        using var client = Client();
        foreach (var content in new[] { "[]", "\"stale\"", "[]" })
            Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/pods"), content)));
        Assert.Equal("QUERY /pods, QUERY /pods, QUERY /pods, QUERY /pods", Lines());
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n", NotAllowed, "404 ")]
    [InlineData(NotAllowed, NotAllowed, "405 ")]
    [InlineData("HTTP/1.1 403 Forbidden\nContent-Length: 0\n\n", "HTTP/1.1 403 Forbidden\nServer: CloudFront\nContent-Length: 0\n\n",
        "403 ")]
    public async Task A_POST_that_is_refused_as_well_teaches_nothing(string post, string query, string expected)
    {
        await using var origin = Start(request => IsQuery(request) ? query : post);
        using var client = Client();
        for (var i = 0; i < 2; i++) Assert.Equal(expected, await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("QUERY /pods, POST /pods/_search, QUERY /pods, POST /pods/_search", Lines());
    }

    [Fact]
    public async Task A_POST_that_no_longer_works_is_forgotten()
    {
        var isMoved = false;
        await using var origin = Start(request => IsQuery(request) != isMoved ? NotAllowed : Origin.Ok("done"));
        using var client = Client();
        await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}"));
        isMoved = true;
        Assert.Equal("405 ", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
        Assert.Equal("200 done", await client.TextAsync(Cached.Query(origin.Uri("/pods"), "{}")));
    }
}
