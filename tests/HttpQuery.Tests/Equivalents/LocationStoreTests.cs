using HttpQuery.Tests.Pipeline;
using HttpQuery.Tests.Shared;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Tests.Equivalents;

/// <summary>A distributed cache that hangs, fails or loses its items never fails a QUERY, and what it lost is written again.</summary>
public sealed class LocationStoreTests
{
    private const string Other = """{"match":"other"}""";

    private readonly SharedDistributedCache _cache = new();

    [Fact]
    public async Task A_stored_query_is_written_once_within_a_minute()
    {
        await using var app = await StartAsync();
        for (var i = 0; i < 3; i++) await app.LocateAsync();
        Assert.Equal(1, _cache.Writes);
        app.Time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        await app.LocateAsync();
        Assert.Equal(1, _cache.Writes);
        app.Time.Advance(TimeSpan.FromTicks(1));
        await app.LocateAsync();
        Assert.Equal(2, _cache.Writes);
    }

    [Fact]
    public async Task A_loss_that_only_another_machine_sees_is_made_good_within_a_minute()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var location = await a.LocateAsync();
        _cache.Clear();
        Assert.Equal(404, (await b.GetAsync(location)).Status);
        a.Time.Advance(TimeSpan.FromMinutes(1));
        await a.LocateAsync();
        Assert.Equal(200, (await b.GetAsync(location)).Status);
    }

    [Fact]
    public async Task A_loss_that_a_GET_sees_is_made_good_by_the_next_QUERY()
    {
        await using var app = await StartAsync();
        var location = await app.LocateAsync();
        _cache.Clear();
        var lost = await app.GetAsync(location);
        Assert.Equal((404, "no-store"), (lost.Status, lost["Cache-Control"]));
        await app.LocateAsync();
        Assert.Equal(200, (await app.GetAsync(location)).Status);
    }

    [Fact]
    public async Task After_a_failure_nothing_counts_as_stored()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var location = await a.LocateAsync();
        _cache.Before = () => throw new IOException("The store is gone.");
        var failed = await a.QueryAsync(Other);
        Assert.Equal((200, null), (failed.Status, failed["Location"]));
        var known = await a.QueryAsync();
        Assert.Equal((200, null), (known.Status, known["Location"]));

        // It comes back without its items.
        _cache.Clear();
        _cache.Before = () => Task.CompletedTask;
        await a.LocateAsync();
        Assert.Equal(200, (await b.GetAsync(location)).Status);
    }

    [Fact]
    public async Task Failures_are_logged_once_a_minute()
    {
        var log = new LogLines();
        await using var app = await StartAsync(services => services.AddSingleton<ILoggerProvider>(log));
        _cache.Before = () => throw new IOException("The store is gone.");
        for (var i = 0; i < 5; i++) await app.QueryAsync();
        Assert.Equal(1, Count());
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.QueryAsync();
        Assert.Equal(2, Count());

        int Count() => log.Text.Split('\n').Count(line => line.StartsWith("The store of equivalent resources", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_hangs_costs_one_timeout_and_is_then_skipped_for_four(bool isGet)
    {
        var time = new WatchedTime(new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        await using var app = await StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var location = await app.LocateAsync();
        var never = new TaskCompletionSource();
        _cache.Before = () => never.Task;
        var before = _cache.Calls;

        var waiting = SendAsync();
        await time.WaitForTimerAsync();
        Assert.False(waiting.IsCompleted);
        time.Advance(WatchedTime.Timeout);
        AssertWithoutStore(await waiting);
        Assert.Equal(before + 1, _cache.Calls);

        // The clock stands: these responses wait for no store.
        for (var i = 0; i < 3; i++) AssertWithoutStore(await SendAsync());
        time.Advance(4 * WatchedTime.Timeout - TimeSpan.FromTicks(1));
        AssertWithoutStore(await SendAsync());
        Assert.Equal(before + 1, _cache.Calls);

        time.Advance(TimeSpan.FromTicks(1));
        never.SetResult();
        var back = await SendAsync();
        Assert.Equal((200, true), (back.Status, back["Location"] is not null));

        Task<RawResponse> SendAsync() => isGet ? app.GetAsync(location) : app.QueryAsync(Other);

        void AssertWithoutStore(RawResponse response)
        {
            if (!isGet) Assert.Equal((200, null), (response.Status, response["Location"]));
            else Assert.Equal((503, "1", "no-store"), (response.Status, response["Retry-After"], response["Cache-Control"]));
        }
    }

    // A query is stored, and a result is not, so that each QUERY writes one item.
    private Task<EquivalentApp> StartAsync(Action<IServiceCollection>? services = null) => EquivalentApp.StartAsync(
        o =>
        {
            o.MaximumStatelessLocationLength = 0;
            o.LocationStoreTimeout = WatchedTime.Timeout;
        },
        services: collection =>
        {
            collection.AddSingleton<IDistributedCache>(_cache);
            services?.Invoke(collection);
        },
        cacheControl: "no-store");

    /// <summary>A clock that tells when a call of the store begins to wait.</summary>
    private sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        // Nothing else in an application waits so long.
        public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(777);

        private readonly TaskCompletionSource _timer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WaitForTimerAsync() => _timer.Task.WaitAsync(TestContext.Current.CancellationToken);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == Timeout) _timer.TrySetResult();
            return timer;
        }
    }
}
