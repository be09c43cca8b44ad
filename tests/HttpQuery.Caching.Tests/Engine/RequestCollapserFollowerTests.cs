namespace HttpQuery.Caching.Tests.Engine;

/// <summary>Requests that ask the same do not wait for a client that does not read (<see cref="QueryCacheOptions.FollowerTimeout"/>).</summary>
public class RequestCollapserFollowerTests
{
    private const string Query = """QUERY /a {"q":1}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CacheHost _host = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_waits_for_a_client_that_does_not_read()
    {
        using var leader = await _host.BeginAsync(Query);
        var followers = Follow(3);
        Assert.Equal(CacheHead.Capture, await leader.ReceiveAsync(200, CacheHost.Fresh("").Headers));
        leader.BeginClientWait();
        _host.Time.Advance(_host.Cache.Options.FollowerTimeout - TimeSpan.FromTicks(1));
        Assert.All(followers, follower => Assert.False(follower.IsCompleted));

        _host.Time.Advance(TimeSpan.FromTicks(1));
        using var next = await followers[0].WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, next.Action);
        Assert.All(followers[1..], follower => Assert.False(follower.IsCompleted));
        var late = Follow(1)[0];
        await CacheHost.FinishAsync(next, CacheHost.Fresh("the next one's"));
        foreach (var follower in followers[1..].Append(late)) Assert.Equal("the next one's", (await CacheHost.FinishAsync(await follower.WaitAsync(Patience, Test))).Content);

        // Its own response is stored all the same, when its client has read it.
        leader.EndClientWait();
        await leader.CompleteAsync("the leader's"u8.ToArray());
        await _host.AssertServedAsync("the leader's", Query);
    }

    [Fact]
    public async Task Waits_for_a_slow_client_add_up()
    {
        using var leader = await _host.BeginAsync(Query);
        Assert.Equal(CacheHead.Capture, await leader.ReceiveAsync(200, CacheHost.Fresh("answer").Headers));
        var follower = Follow(1)[0];
        for (var i = 0; i < 4; i++)
        {
            leader.BeginClientWait();
            _host.Time.Advance(_host.Cache.Options.FollowerTimeout / 4 - TimeSpan.FromTicks(1));
            leader.EndClientWait();
            _host.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.False(follower.IsCompleted);
        leader.BeginClientWait();
        _host.Time.Advance(TimeSpan.FromTicks(4));
        using var next = await follower.WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, next.Action);
    }

    [Fact]
    public async Task Who_comes_when_the_client_has_long_stopped_reading_does_not_wait()
    {
        using var leader = await _host.BeginAsync(Query);
        Assert.Equal(CacheHead.Capture, await leader.ReceiveAsync(200, CacheHost.Fresh("answer").Headers));
        leader.BeginClientWait();
        _host.Time.Advance(_host.Cache.Options.FollowerTimeout);
        using var next = await _host.BeginAsync(Query).WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, next.Action);

        // And who comes after that one waits for it.
        var follower = Follow(1)[0];
        await CacheHost.FinishAsync(next, CacheHost.Fresh("answer"));
        Assert.Equal("answer", (await CacheHost.FinishAsync(await follower.WaitAsync(Patience, Test))).Content);
    }

    private Task<RequestDriver>[] Follow(int count)
    {
        var followers = Enumerable.Range(0, count).Select(_ => _host.BeginAsync(Query)).ToArray();
        Assert.All(followers, follower => Assert.False(follower.IsCompleted));
        return followers;
    }
}
