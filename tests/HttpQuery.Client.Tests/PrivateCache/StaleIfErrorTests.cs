using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Requests that get no response: the cache serves a stale one if <c>stale-if-error</c> allows it (RFC 5861 §4).</summary>
public sealed class StaleIfErrorTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(TimeoutRejectedException))]
    [InlineData(typeof(BrokenCircuitException))]
    [InlineData(typeof(IsolatedCircuitException))]
    [InlineData(typeof(RateLimiterRejectedException))]
    public async Task A_failure_below_gives_the_stale_response_in_front_of_the_caller_and_in_the_background(Type failure)
    {
        foreach (var isInBackground in new[] { false, true })
        {
            var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
            var (count, isDown) = (0, false);
            var directives = isInBackground ? "max-age=10, stale-while-revalidate=60" : "max-age=10, stale-if-error=60";
            using var client = Cached.Client(time: time, inner: new StubHandler(request =>
            {
                count++;
                if (isDown) throw (Exception)Activator.CreateInstance(failure)!;
                return new() { RequestMessage = request, Headers = { { "Cache-Control", directives } }, Content = new StringContent($"answer {count}") };
            }));
            Assert.Equal("200 answer 1", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
            time.Advance(TimeSpan.FromSeconds(20));

            isDown = true;
            for (var i = 0; i < 2; i++) Assert.Equal("200 answer 1", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
            Assert.Equal(3, count);

            // The claim of the background revalidation was released each time.
            isDown = false;
            await client.TextAsync(Cached.Query(new("http://localhost/"), "{}"));
            Assert.Equal("200 answer 4", await client.TextAsync(Cached.Query(new("http://localhost/"), "{}")));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_who_cancels_gets_the_cancellation(bool isHttpClientTimeout)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var origin = Origin.Start();
        using var client = Cached.Client(time: time);
        using var leaving = new CancellationTokenSource();
        if (isHttpClientTimeout) client.Timeout = TimeSpan.FromSeconds(2);
        var first = client.TextAsync(Cached.Get(origin.Uri("/")));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("first", "Cache-Control: max-age=10, stale-if-error=60"));
        await first;
        time.Advance(TimeSpan.FromSeconds(20));

        var second = client.SendAsync(Cached.Get(origin.Uri("/")), HttpCompletionOption.ResponseHeadersRead, leaving.Token);
        await origin.NextAsync();
        if (!isHttpClientTimeout) await leaving.CancelAsync();

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        if (isHttpClientTimeout) Assert.IsType<TimeoutException>(canceled.InnerException);
        else Assert.Equal(leaving.Token, canceled.CancellationToken);
    }

    [Fact]
    public async Task A_connect_timeout_gives_the_stale_response()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var origin = Origin.Start(Origin.Ok("first", "Cache-Control: max-age=10, stale-if-error=60", "Connection: close"));
        var isDown = false;
        using var client = Cached.Client(time: time, inner: new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(500),
            ConnectCallback = async (context, token) =>
            {
                if (isDown) await Task.Delay(Timeout.InfiniteTimeSpan, token);
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, origin.Port, token);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal("200 first", await client.TextAsync(Cached.Get(origin.Uri("/"))));
        time.Advance(TimeSpan.FromSeconds(20));
        isDown = true;

        Assert.Equal("200 first", await client.TextAsync(Cached.Get(origin.Uri("/"))));
        await Assert.ThrowsAsync<TaskCanceledException>(() => client.TextAsync(Cached.Get(origin.Uri("/other"))));
    }

    [Fact]
    public async Task Timeouts_and_the_open_circuit_of_the_standard_resilience_handler_give_the_stale_response()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var seen = new Failures();
        await using var origin = Origin.Start();
        var services = new ServiceCollection();
        var builder = services.AddHttpClient("api");
        builder.AddHttpMessageHandler(() => new QueryCacheHandler(null, time));
        builder.AddHttpMessageHandler(() => seen);
        builder.AddStandardResilienceHandler(options =>
        {
            (options.Retry.MaxRetryAttempts, options.Retry.Delay) = (1, TimeSpan.Zero);
            options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(500);
            (options.CircuitBreaker.MinimumThroughput, options.CircuitBreaker.FailureRatio, options.CircuitBreaker.BreakDuration) = (2, 0.5, TimeSpan.FromMinutes(1));
        });
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        var first = client.TextAsync(Cached.Query(origin.Uri("/"), "{}"));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("first", "Cache-Control: max-age=10, stale-if-error=60"));
        await first;
        time.Advance(TimeSpan.FromSeconds(20));

        // The origin accepts the connection and does not respond.
        for (var i = 0; i < 3; i++) Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));

        Assert.Equal(3, seen.Types.Count);
        Assert.Contains(typeof(BrokenCircuitException), seen.Types);
        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.TextAsync(Cached.Query(origin.Uri("/"), "[]")));
    }

    private sealed class Failures : DelegatingHandler
    {
        public List<Type> Types { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (Exception exception)
            {
                Types.Add(exception.GetType());
                throw;
            }
        }
    }
}
