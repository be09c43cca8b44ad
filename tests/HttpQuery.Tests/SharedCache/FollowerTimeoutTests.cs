using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.SharedCache;

/// <summary>Requests that wait for another one whose client does not read its response, or leaves (<see cref="HttpQuery.Caching.QueryCacheOptionsBase.FollowerTimeout"/>; RFC 9211 §2.6).</summary>
public sealed class FollowerTimeoutTests : IAsyncLifetime
{
    // More than the operating system buffers for a client that reads nothing.
    private const int Length = 8 * 1024 * 1024;
    private const int Followers = 6;

    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _waiting = new(0);
    private CachedServer _server = null!;
    private int _count;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await CachedServer.StartAsync(
        app => app.MapMethods("/{way}", ["GET", "QUERY"], async (HttpContext context, string way) =>
        {
            var number = Interlocked.Increment(ref _count);
            if (number == 2) _second.TrySetResult();
            context.Response.Headers.CacheControl = "max-age=60";
            var isFirst = number == 1;
            if (way is "before" && isFirst) await Task.Delay(Timeout.Infinite, context.RequestAborted);
            if (way is "unread")
            {
                context.Response.ContentLength = Length;
                var piece = new byte[64 * 1024];
                Array.Fill(piece, (byte)('0' + number));
                for (var length = 0; length < Length; length += piece.Length) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                return;
            }
            await context.Response.WriteAsync("number ", context.RequestAborted);
            if (way is "within" && isFirst) await Task.Delay(Timeout.Infinite, context.RequestAborted);
            await context.Response.WriteAsync(number.ToString(CultureInfo.InvariantCulture), context.RequestAborted);
        }),
        options => options.CollapseTimeout = TimeSpan.FromDays(1),
        before: app => app.Use((context, next) =>
        {
            // What was called has come to where it waits: for the first request, for its client, or for the test.
            var task = next(context);
            _waiting.Release();
            return task;
        }));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _waiting.Dispose();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task Those_that_wait_for_a_client_that_reads_nothing_get_the_response_to_one_of_them(string method)
    {
        using var unread = await StartFirstAsync(method, "unread");
        var followers = await StartFollowersAsync(method, "unread");
        Assert.DoesNotContain(followers, follower => follower.IsCompleted);
        Assert.Equal(1, _count);

        // Shortly before the client stalled, time may have passed for nothing.
        while (!_second.Task.IsCompleted)
        {
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(_second.Task, Task.Delay(20, Test));
        }

        var responses = await Task.WhenAll(followers);
        Assert.All(responses.Select(Shape), shape => Assert.Equal((Length, '2', '2'), shape));
        AssertOneLed(responses);
        Assert.Equal(2, _count);

        // The first client has its own response all the same.
        Assert.Equal((Length, '1', '1'), Shape(await unread.ReadAsync()));
    }

    [Theory]
    [InlineData("GET", "before")]
    [InlineData("QUERY", "before")]
    [InlineData("GET", "within")]
    public async Task When_the_first_client_leaves_one_of_the_others_asks_for_all(string method, string way)
    {
        Task<RawResponse>[] followers;
        using (await StartFirstAsync(method, way)) followers = await StartFollowersAsync(method, way);

        var responses = await Task.WhenAll(followers);
        Assert.All(responses, response => Assert.Equal("number 2", response.ContentText));
        AssertOneLed(responses);
        Assert.Equal(2, _count);
    }

    private async Task<SlowClient> StartFirstAsync(string method, string way)
    {
        var client = await SlowClient.StartAsync(_server.Port, $"{method} /{way}", method is "QUERY" ? ["Content-Type: text/plain", "Content-Length: 0"] : []);
        await _waiting.WaitAsync(Test);
        return client;
    }

    private async Task<Task<RawResponse>[]> StartFollowersAsync(string method, string way)
    {
        var followers = Enumerable.Range(0, Followers).Select(_ => method is "QUERY" ? _server.SendQueryAsync($"/{way}", "") : _server.SendAsync($"GET /{way}")).ToArray();
        for (var i = 0; i < Followers; i++) await _waiting.WaitAsync(Test);
        return followers;
    }

    private static (int Length, char First, char Last) Shape(RawResponse response) => (response.Content.Length, (char)response.Content[0], (char)response.Content[^1]);

    private static void AssertOneLed(RawResponse[] responses)
    {
        var statuses = responses.Select(response => response["Cache-Status"]!).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal("HttpQuery; fwd=uri-miss; collapsed; ttl=60", statuses[0]);
        Assert.Single(statuses, status => status is "HttpQuery; fwd=uri-miss; fwd-status=200; stored; collapsed=?0; ttl=60");
        Assert.Equal(Followers - 1, statuses.Count(status => status == statuses[0]));
    }
}
