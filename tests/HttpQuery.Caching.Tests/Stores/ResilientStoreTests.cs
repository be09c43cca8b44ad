using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Stores;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>A store that fails, hangs, loses or confuses costs misses, and nothing that should be forgotten is served.</summary>
public class ResilientStoreTests
{
    private const string Query = """QUERY /a {"q":1}""";

    private readonly FlawedStore _store;
    private readonly CacheHost _host;

    public ResilientStoreTests()
    {
        FlawedStore? store = null;
        _host = new(store: time => store = new(new MemoryCacheStore(timeProvider: time)));
        _store = store!;
    }

    [Theory]
    [InlineData("get")]
    [InlineData("set")]
    [InlineData("get set")]
    public async Task What_fails_is_a_miss(string operations)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old", "ETag: \"1\"", "Cache-Groups: \"g\""));
        foreach (var isSynchronous in new[] { true, false })
        {
            _store.OnCall = operation => !operations.Contains(operation, StringComparison.Ordinal) ? null
                : isSynchronous ? throw new IOException("down") : Task.FromException(new IOException("down"));
            var reply = await _host.SendAsync(Query, CacheHost.Fresh("new"));
            Assert.Equal(200, reply.Status);
            await _host.SendAsync("POST /b", new OriginAnswer(200, "", "Cache-Group-Invalidation: \"g\""));
            await _host.Cache.EvictByTagAsync("t", TestContext.Current.CancellationToken);
            await _host.Cache.EvictAsync(new("https://a.test/b"), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Eviction_says_whether_it_reached_the_store()
    {
        Assert.True(await _host.Cache.EvictAsync(new("https://a.test/a"), TestContext.Current.CancellationToken));
        Assert.True(await _host.Cache.EvictByTagAsync("t", TestContext.Current.CancellationToken));
        _store.OnCall = _ => throw new IOException("down");
        Assert.False(await _host.Cache.EvictAsync(new("https://a.test/a"), TestContext.Current.CancellationToken));
        Assert.False(await _host.Cache.EvictByTagAsync("t", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Failures_are_counted_each_and_logged_once_a_minute()
    {
        using var telemetry = new Telemetry { Level = Microsoft.Extensions.Logging.LogLevel.Information };
        FlawedStore? store = null;
        var host = new CacheHost(store: time => store = new(new MemoryCacheStore(timeProvider: time)), telemetry: telemetry);
        store!.OnCall = _ => throw new IOException("down");
        for (var i = 0; i < 5; i++) await host.SendAsync(Query, CacheHost.Fresh("answer"));
        var errors = telemetry.Of("httpquery.cache.store.errors");
        Assert.True(errors.Length >= 5);
        Assert.All(errors, error => Assert.Equal("httpquery.cache.store.operation=read error.type=System.IO.IOException httpquery.cache.name=test", error.Tags.Replace("=write", "=read", StringComparison.Ordinal)));
        Assert.Equal("Warning: The cache's store failed (read), 1 times since the last warning. Meanwhile, requests are forwarded.", Assert.Single(telemetry.Lines));

        host.Time.Advance(Diagnostics.BoundedWarning.Interval - TimeSpan.FromTicks(1));
        await host.SendAsync(Query, CacheHost.Fresh("answer"));
        Assert.Single(telemetry.Lines);
        host.Time.Advance(TimeSpan.FromTicks(1));
        var before = telemetry.Of("httpquery.cache.store.errors").Length;
        await host.SendAsync(Query, CacheHost.Fresh("answer"));
        Assert.Equal($"Warning: The cache's store failed (read), {before} times since the last warning. Meanwhile, requests are forwarded.", telemetry.Lines[1]);
    }

    [Fact]
    public async Task A_store_that_is_slow_is_told_with_what_to_do()
    {
        using var telemetry = new Telemetry { Level = Microsoft.Extensions.Logging.LogLevel.Information };
        FlawedStore? store = null;
        var host = new CacheHost(store: time => store = new(new MemoryCacheStore(timeProvider: time)), telemetry: telemetry);
        store!.OnCall = _ => new TaskCompletionSource().Task;
        var waiting = host.SendAsync(Query, CacheHost.Fresh("one"));
        host.Time.Advance(host.Cache.Options.StoreTimeout);
        await waiting;
        Assert.All(telemetry.Of("httpquery.cache.store.errors"), error => Assert.Equal("httpquery.cache.store.operation=read error.type=timeout httpquery.cache.name=test", error.Tags));
        Assert.Equal("Warning: The cache's store took longer than 00:00:00.2500000 (read), 1 times since the last warning. Requests are forwarded, and the store is skipped for 00:00:01. If the store works, raise StoreTimeout.", Assert.Single(telemetry.Lines));
    }

    [Fact]
    public async Task An_invalidation_that_fails_is_counted_and_told_and_so_is_its_end()
    {
        using var telemetry = new Telemetry { Level = Microsoft.Extensions.Logging.LogLevel.Information };
        FlawedStore? store = null;
        var host = new CacheHost(store: time => store = new(new MemoryCacheStore(timeProvider: time)), telemetry: telemetry);
        store!.OnCall = operation => operation is "set" ? throw new IOException("down") : null;
        await host.SendAsync("POST /a", new OriginAnswer(204, ""));
        Assert.Equal("httpquery.cache.name=test", Assert.Single(telemetry.Of("httpquery.cache.store.distrusts")).Tags);
        Assert.Contains(telemetry.Lines, line => line.StartsWith("Error: An invalidation did not reach the cache's store, 1 times since the last such message.", StringComparison.Ordinal));

        store.OnCall = _ => null;
        await host.SendAsync(Query, CacheHost.Fresh("answer"));
        Assert.Equal("Information: The cache's store can be written again. Everything in it was invalidated, and it is used again.", telemetry.Lines[^1]);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("set")]
    public async Task What_hangs_is_waited_for_no_longer_than_stated(string operation)
    {
        _store.OnCall = called => called == operation ? new TaskCompletionSource().Task : null;
        var reply = _host.SendAsync(Query, CacheHost.Fresh("answer"));
        for (var i = 0; i < 1_000 && !reply.IsCompleted; i++)
        {
            Assert.True(_store.Calls > 0);
            _host.Time.Advance(_host.Cache.Options.StoreTimeout);
            await Task.WhenAny(reply, Task.Delay(20, TestContext.Current.CancellationToken));
        }
        Assert.Equal("answer", (await reply.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Content);
        Assert.True(_store.LastToken.IsCancellationRequested);
    }

    [Fact]
    public async Task What_hangs_is_left_alone_for_a_while_and_then_asked_again()
    {
        _store.OnCall = _ => new TaskCompletionSource().Task;
        var waiting = _host.SendAsync(Query, CacheHost.Fresh("one"));
        _host.Time.Advance(_host.Cache.Options.StoreTimeout);
        Assert.Equal("one", (await waiting).Content);
        var calls = _store.Calls;

        await _host.SendAsync(Query, CacheHost.Fresh("two"));
        Assert.Equal(calls, _store.Calls);

        // This is told it, and not waited for.
        await _host.SendAsync("POST /a", new OriginAnswer(200, ""));
        Assert.True(_store.Calls > calls);

        _store.OnCall = _ => null;
        _host.Time.Advance(4 * _host.Cache.Options.StoreTimeout);
        await _host.SendAsync(Query, CacheHost.Fresh("three"));
        await _host.AssertServedAsync("three", Query);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_made_unusable_while_the_store_is_left_alone_is_so_for_other_machines_too(bool byTag)
    {
        var other = new CacheHost(store: _ => _store);
        await _host.SendAsync(Query, CacheHost.Fresh("old") with { Tags = ["t"] });
        await other.AssertServedAsync("old", Query);

        _store.OnCall = _ => new TaskCompletionSource().Task;
        var waiting = _host.SendAsync("GET /b", CacheHost.Fresh("b"));
        _host.Time.Advance(_host.Cache.Options.StoreTimeout);
        await waiting;

        _store.OnCall = null;
        if (byTag) await _host.Cache.EvictByTagAsync("t", TestContext.Current.CancellationToken);
        else await _host.SendAsync("PUT /a", new OriginAnswer(204, ""));
        await other.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task What_fails_when_nobody_waits_any_more_is_no_unobserved_exception()
    {
        var unobserved = new List<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> note = (_, args) => unobserved.AddRange(args.Exception.InnerExceptions);
        TaskScheduler.UnobservedTaskException += note;
        try
        {
            var late = new IOException("late");
            await FailLateAsync(late);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.DoesNotContain(late, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= note;
        }
    }

    // Apart, so that nothing of it is reachable afterwards.
    private async Task FailLateAsync(Exception exception)
    {
        var end = new TaskCompletionSource();
        _store.OnCall = _ => end.Task;
        var waiting = _host.SendAsync(Query, CacheHost.Fresh("one"));
        _host.Time.Advance(_host.Cache.Options.StoreTimeout);
        await waiting;
        _store.OnCall = null;
        end.SetException(exception);
    }

    [Fact]
    public async Task What_is_lost_is_a_miss()
    {
        for (var lost = 1; lost <= 6; lost++)
        {
            var number = 0;
            _store.OnGet = item => ++number == lost ? null : item;
            var reply = await _host.SendAsync(Query, CacheHost.Fresh("answer", "Vary: Accept"));
            Assert.Equal("answer", reply.Content);
        }
        _store.OnGet = item => item;
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "Vary: Accept"));
        await _host.AssertServedAsync("answer", Query);
    }

    [Fact]
    public async Task A_lost_epoch_is_a_miss_and_what_was_of_it_does_not_come_back()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old"));
        await _host.SendAsync("GET /a", CacheHost.Fresh("old"));
        _store.OnGet = item => item is CacheEpoch ? null : item;
        await _host.AssertForwardedAsync(Query);
        await _host.SendAsync(Query, CacheHost.Fresh("new"));
        _store.OnGet = item => item;
        await _host.AssertServedAsync("new", Query);
        await _host.AssertForwardedAsync("GET /a");
    }

    [Fact]
    public async Task An_item_of_another_kind_is_a_miss()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "Vary: Accept"));
        CacheItem[] kinds = [CacheEpoch.New(), new CacheVariants(), new CacheVariants(HeaderNameSet.Empty),
            new CachedResponse(Message.Stored(Message.Private, "Cache-Control: max-age=60"), "another's"u8.ToArray(), new(1, 2, []))];
        foreach (var kind in kinds)
        {
            _store.OnGet = _ => kind;
            var reply = await _host.SendAsync(Query, CacheHost.Fresh("answer"));
            Assert.Equal(("answer", false), (reply.Content, reply.IsServed));
        }
    }

    [Fact]
    public async Task Where_an_epoch_could_not_be_written_nothing_is_read_until_the_store_has_a_new_one()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old"));
        await _host.SendAsync("GET /b", CacheHost.Fresh("old"));
        await FailInvalidationAsync();

        // Reads work, but the store cannot be written.
        _store.OnCall = operation => operation is "set" ? throw new IOException("down") : null;
        var reply = await _host.SendAsync(Query, CacheHost.Fresh("new"));
        Assert.Equal(("new", "test; fwd=bypass; fwd-status=200; detail=store"), (reply.Content, reply["Cache-Status"]));

        _store.OnCall = null;
        await _host.AssertForwardedAsync(Query);
        await _host.AssertForwardedAsync("GET /b");
        await _host.SendAsync("GET /b", CacheHost.Fresh("new"));
        await _host.AssertServedAsync("new", "GET /b");
    }

    [Fact]
    public async Task Where_an_epoch_could_not_be_written_what_is_on_its_way_is_not_served()
    {
        using var slow = await _host.BeginAsync(Query);
        await FailInvalidationAsync();
        await CacheHost.FinishAsync(slow, CacheHost.Fresh("old"));
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task Unsafe_requests_that_begin_the_first_epoch_together_do_not_cost_what_is_stored_for_others()
    {
        await _host.SendAsync("GET /b", CacheHost.Fresh("b"));
        var reads = 0;
        _store.OnGet = item => ++reads == 2 ? CacheEpoch.New() : item;
        await _host.SendAsync("PUT /a", new OriginAnswer(204, ""));
        Assert.True(reads > 1);
        await _host.AssertServedAsync("b", "GET /b");
    }

    [Fact]
    public async Task Where_a_tag_could_not_be_removed_nothing_is_read_either()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old") with { Tags = ["t"] });
        _store.OnCall = operation => operation is "set" ? throw new IOException("down") : null;
        await _host.Cache.EvictByTagAsync("t", TestContext.Current.CancellationToken);
        _store.OnCall = null;
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task A_failure_while_the_store_is_given_a_new_epoch_counts()
    {
        await FailInvalidationAsync();
        var gate = new TaskCompletionSource();
        _store.AfterSet = () => gate.Task;
        var first = _host.BeginAsync("GET /b");
        _store.AfterSet = null;
        await _host.SendAsync(Query, CacheHost.Fresh("old"));
        await _host.AssertServedAsync("old", Query);
        await FailInvalidationAsync();
        gate.SetResult();
        (await first.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Dispose();
        await _host.AssertForwardedAsync(Query);
    }

    // A marker lives as long as a flight: at the last look, one that was written after the first read must still be there.
    [Theory]
    [InlineData("while the markers are read", false)]
    [InlineData("while the epoch begins", false)]
    [InlineData("in time", true)]
    public async Task A_response_that_takes_as_long_as_a_marker_lives_is_not_stored(string moment, bool isStored)
    {
        var (second, rest) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        if (moment is "while the markers are read") _store.OnCall = _ => AdvanceOnce("get");
        using var slow = await _host.BeginAsync(Query);
        _store.OnCall = null;
        Assert.Equal(CacheHead.Capture, await slow.ReceiveAsync(200, new OriginAnswer(200, "late", "Cache-Control: max-age=86400").Headers));
        _host.Time.Advance(_host.Cache.Options.MaximumRequestDuration - second - (moment is "in time" ? TimeSpan.FromTicks(1) : TimeSpan.Zero));
        if (moment is not "while the markers are read") _store.OnCall = AdvanceOnce;
        await slow.CompleteAsync("late"u8.ToArray());
        _store.OnCall = null;
        if (isStored) await _host.AssertServedAsync("late", Query);
        else await _host.AssertForwardedAsync(Query);

        Task? AdvanceOnce(string operation)
        {
            if (operation is "set" || moment is "while the markers are read")
            {
                _host.Time.Advance(rest);
                rest = TimeSpan.Zero;
            }
            return null;
        }
    }

    [Fact]
    public async Task A_marker_that_cannot_be_read_is_told_before_anything_is_captured()
    {
        await _host.SendAsync("POST /a", new OriginAnswer(200, ""));
        _store.OnGet = item => item is null ? null : CacheEpoch.Unreadable;
        Assert.Equal("test; fwd=uri-miss; fwd-status=200; detail=store", (await _host.SendAsync(Query, CacheHost.Fresh("answer")))["Cache-Status"]);
        _store.OnGet = item => item;
        await _host.SendAsync(Query, CacheHost.Fresh("answer"));
        await _host.AssertServedAsync("answer", Query);
    }

    private async Task FailInvalidationAsync()
    {
        _store.OnCall = operation => operation is "set" ? throw new IOException("down") : null;
        await _host.SendAsync("PUT /a", new OriginAnswer(204, ""));
        _store.OnCall = null;
    }

    /// <summary>A store in which things go wrong.</summary>
    private sealed class FlawedStore(IItemStore store) : ObjectStore
    {
        public Func<string, Task?>? OnCall { get; set; }

        public Func<CacheItem?, CacheItem?> OnGet { get; set; } = item => item;

        public Func<Task>? AfterSet { get; set; }

        public int Calls { get; private set; }

        public CancellationToken LastToken { get; private set; }

        public override ValueTask<CacheItem?> GetAsync(QueryCacheKey key, CancellationToken cancellationToken) =>
            Flaw("get", cancellationToken) is { } task ? new(Await(task)) : new(OnGet(store.GetAsync(key, cancellationToken).AsTask().Result));

        public override async ValueTask SetAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            var after = AfterSet?.Invoke();
            if (Flaw("set", cancellationToken) is { } task) await task;
            await store.SetAsync(key, item, lifetime, cancellationToken);
            if (after is not null) await after;
        }

        private static async Task<CacheItem?> Await(Task task)
        {
            await task;
            return null;
        }

        private Task? Flaw(string operation, CancellationToken cancellationToken)
        {
            Calls++;
            var task = OnCall?.Invoke(operation);
            if (task is not null) LastToken = cancellationToken;
            return task;
        }
    }
}
