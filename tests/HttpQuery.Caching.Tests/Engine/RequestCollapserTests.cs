using System.Globalization;
using System.Text;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>Requests that ask the same wait for one answer, and are never given one that is not for them.</summary>
public class RequestCollapserTests
{
    private const string Query = """QUERY /a {"q":1}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CacheHost _host = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public static TheoryData<string> Unshared => ["private", "no-store", "set-cookie", "any", "uncacheable", "long", "long by statement", "short"];

    [Fact]
    public async Task Of_many_that_ask_the_same_one_is_forwarded()
    {
        using var leader = await _host.BeginAsync(Query);
        var followers = Follow(20);
        await CacheHost.FinishAsync(leader, CacheHost.Fresh("answer"));
        foreach (var follower in followers)
        {
            var reply = await CacheHost.FinishAsync(await follower.WaitAsync(Patience, Test));
            Assert.Equal(("answer", true), (reply.Content, reply.IsServed));
        }
    }

    [Fact]
    public async Task A_request_that_arrives_while_the_first_response_is_being_stored_waits_for_it()
    {
        var store = new HoldingStore(new MemoryCacheStore());
        var host = new CacheHost(store: _ => store);
        using var leader = await host.BeginAsync(Query);
        var storing = CacheHost.FinishAsync(leader, CacheHost.Fresh(new('a', HoldingStore.HeldLength)));
        await store.Held.Task.WaitAsync(Patience, Test);

        // The epoch of the URI has begun, and the response is not there yet.
        var follower = host.BeginAsync(Query);
        store.Release.SetResult();
        await storing;
        Assert.True((await CacheHost.FinishAsync(await follower.WaitAsync(Patience, Test))).IsServed);
    }

    [Theory]
    [MemberData(nameof(Unshared))]
    public async Task What_is_not_for_others_is_given_to_nobody_and_nobody_waits_for_a_while(string what)
    {
        var host = new CacheHost(CacheHost.Shared with { MaximumResponseLength = 100 });
        using var leader = await host.BeginAsync(Query);
        var followers = Follow(5, host);
        await EndAsync(leader, what);
        foreach (var follower in followers) await AssertGoesOnAsync(follower);

        host.Time.Advance(host.Cache.Options.CollapsePause - TimeSpan.FromTicks(1));
        using var first = await host.BeginAsync(Query);
        using (var second = await host.BeginAsync(Query)) Assert.Equal(CacheAction.Forward, second.Action);
        first.Dispose();

        host.Time.Advance(TimeSpan.FromTicks(1));
        using var next = await host.BeginAsync(Query);
        var again = Follow(1, host);
        await CacheHost.FinishAsync(next, CacheHost.Fresh("answer"));
        Assert.True((await CacheHost.FinishAsync(await again[0].WaitAsync(Patience, Test))).IsServed);
    }

    [Fact]
    public async Task If_the_response_cannot_be_taken_those_go_on_that_wait_when_the_exchange_ends()
    {
        var exchange = Assert.IsType<CacheDecision.Forward>(await _host.Cache.LookUpAsync(CacheHost.Request(Query), Test)).Exchange;
        var follower = Follow(1)[0];
        await Assert.ThrowsAsync<IOException>(() => exchange.ReceiveAsync(new(200, CacheHost.Fresh("").Headers) { Terms = () => throw new IOException() }).AsTask());
        exchange.Dispose();
        Assert.Equal(CacheAction.Forward, (await follower.WaitAsync(Patience, Test)).Action);
    }

    [Fact]
    public async Task An_answer_that_varies_is_given_to_those_that_match()
    {
        using var leader = await _host.BeginAsync(Query, "X-User: anna");
        var (same, other) = (_host.BeginAsync(Query, "X-User: anna"), _host.BeginAsync(Query, "X-User: bert"));
        Assert.False(same.IsCompleted || other.IsCompleted);
        await CacheHost.FinishAsync(leader, CacheHost.Fresh("anna's", "Vary: X-User"));
        Assert.Equal("anna's", (await CacheHost.FinishAsync(await same.WaitAsync(Patience, Test))).Content);
        await AssertGoesOnAsync(other);
    }

    [Theory]
    [InlineData("disposed")]
    [InlineData("fails")]
    [InlineData("cut off")]
    public async Task If_the_leader_fails_the_first_that_waits_leads_the_others(string what)
    {
        using var leader = await _host.BeginAsync(Query);
        var followers = Follow(6);
        await EndAsync(leader, what);
        using var next = await followers[0].WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, next.Action);
        Assert.All(followers[1..], follower => Assert.False(follower.IsCompleted));
        var late = Follow(1)[0];

        await CacheHost.FinishAsync(next, CacheHost.Fresh("answer"));
        foreach (var follower in followers[1..].Append(late)) Assert.Equal("answer", (await CacheHost.FinishAsync(await follower.WaitAsync(Patience, Test))).Content);
    }

    [Fact]
    public async Task One_that_has_left_does_not_lead()
    {
        using var leader = await _host.BeginAsync(Query);
        using var cancellation = new CancellationTokenSource();
        var left = _host.BeginAsync(CacheHost.Request(Query), cancellation.Token);
        var followers = Follow(2);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Patience, Test));
        leader.Dispose();

        using var next = await followers[0].WaitAsync(Patience, Test);
        Assert.False(followers[1].IsCompleted);
        await CacheHost.FinishAsync(next, CacheHost.Fresh("answer"));
        Assert.Equal("answer", (await CacheHost.FinishAsync(await followers[1].WaitAsync(Patience, Test))).Content);
    }

    [Fact]
    public async Task If_all_that_waited_have_left_the_next_request_leads()
    {
        using var leader = await _host.BeginAsync(Query);
        using var cancellation = new CancellationTokenSource();
        var left = _host.BeginAsync(CacheHost.Request(Query), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Patience, Test));
        leader.Dispose();
        using var next = await _host.BeginAsync(Query).WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, next.Action);
        Assert.False(Follow(1)[0].IsCompleted);
    }

    [Fact]
    public async Task Of_a_resource_that_is_known_to_vary_only_the_same_variant_is_waited_for()
    {
        await _host.SendAsync(CacheHost.Request(Query, "Accept-Language: fr"), new OriginAnswer(200, "old", "Cache-Control: max-age=1", "Vary: Accept-Language"));
        _host.Time.Advance(TimeSpan.FromSeconds(2));
        using var english = await _host.BeginAsync(Query, "Accept-Language: en");
        using var german = await _host.BeginAsync(Query, "Accept-Language: de").WaitAsync(Patience, Test);
        Assert.Equal((CacheAction.Forward, CacheAction.Forward), (english.Action, german.Action));
        var (alsoEnglish, alsoGerman) = (_host.BeginAsync(Query, "Accept-Language: en"), _host.BeginAsync(Query, "Accept-Language: de"));
        Assert.False(alsoEnglish.IsCompleted || alsoGerman.IsCompleted);

        await CacheHost.FinishAsync(german, CacheHost.Fresh("Antwort", "Vary: Accept-Language"));
        Assert.Equal("Antwort", (await CacheHost.FinishAsync(await alsoGerman.WaitAsync(Patience, Test))).Content);
        Assert.False(alsoEnglish.IsCompleted);
        await CacheHost.FinishAsync(english, CacheHost.Fresh("answer", "Vary: Accept-Language"));
        Assert.Equal("answer", (await CacheHost.FinishAsync(await alsoEnglish.WaitAsync(Patience, Test))).Content);
    }

    [Fact]
    public async Task When_a_response_turns_out_to_vary_one_request_for_each_other_variant_is_forwarded()
    {
        using var english = await _host.BeginAsync(Query, "Accept-Language: en");
        var german = Enumerable.Range(0, 4).Select(_ => _host.BeginAsync(Query, "Accept-Language: de")).ToArray();
        await CacheHost.FinishAsync(english, CacheHost.Fresh("answer", "Vary: Accept-Language"));

        // Which of them leads is open.
        var next = await (await Task.WhenAny(german)).WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, next.Action);
        await CacheHost.FinishAsync(next, CacheHost.Fresh("Antwort", "Vary: Accept-Language"));
        var transactions = await Task.WhenAll(german).WaitAsync(Patience, Test);
        Assert.Equal(3, transactions.Count(transaction => transaction.Action is CacheAction.Serve));
        next.Dispose();
    }

    [Fact]
    public async Task A_leader_that_is_cancelled_leaves_the_others_to_themselves()
    {
        using var first = await _host.BeginAsync(Query);
        using var cancellation = new CancellationTokenSource();
        var cancelled = _host.BeginAsync(CacheHost.Request(Query), cancellation.Token);
        var stays = Follow(1)[0];
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience, Test));
        Assert.False(stays.IsCompleted);
        await CacheHost.FinishAsync(first, CacheHost.Fresh("answer"));
        Assert.Equal("answer", (await CacheHost.FinishAsync(await stays.WaitAsync(Patience, Test))).Content);
    }

    [Fact]
    public async Task Who_has_waited_long_enough_goes_on()
    {
        using var leader = await _host.BeginAsync(Query);
        var follower = Follow(1)[0];
        _host.Time.Advance(_host.Cache.Options.CollapseTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(follower.IsCompleted);
        _host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await CacheHost.FinishAsync(await follower.WaitAsync(Patience, Test), CacheHost.Fresh("the follower's"));
        await _host.AssertServedAsync("the follower's", Query);
    }

    [Fact]
    public async Task Where_one_waited_in_vain_nobody_waits_for_a_while()
    {
        using var leader = await _host.BeginAsync(Query);
        var follower = Follow(1)[0];
        _host.Time.Advance(_host.Cache.Options.CollapseTimeout);
        await AssertGoesOnAsync(follower);
        await AssertGoesOnAsync(_host.BeginAsync(Query));

        // Nor for the same one later, which may never come to its end.
        _host.Time.Advance(_host.Cache.Options.CollapsePause);
        await AssertGoesOnAsync(_host.BeginAsync(Query));
    }

    [Theory]
    [InlineData("Cache-Control: no-cache")]
    [InlineData("Cache-Control: max-age=0")]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Range: bytes=0-1")]
    [InlineData("If-None-Match: \"1\"")]
    public async Task Who_asks_for_more_does_not_wait(string line)
    {
        using var leader = await _host.BeginAsync(Query);
        await AssertGoesOnAsync(_host.BeginAsync(Query, line));
    }

    [Theory]
    [InlineData("GET /a")]
    [InlineData("QUERY /a")]
    [InlineData("""QUERY /a {"q":2}""")]
    [InlineData("""QUERY /b {"q":1}""")]
    [InlineData("HEAD /a")]
    [InlineData("POST /a {}")]
    public async Task Another_request_does_not_wait(string request)
    {
        using var leader = await _host.BeginAsync(Query);
        await AssertGoesOnAsync(_host.BeginAsync(request));
    }

    [Fact]
    public async Task Another_user_does_not_wait()
    {
        using var leader = await _host.BeginAsync(CacheHost.Of("anna", CacheHost.Request(Query)), Test);
        await AssertGoesOnAsync(_host.BeginAsync(CacheHost.Of("bert", CacheHost.Request(Query)), Test));
        await AssertGoesOnAsync(_host.BeginAsync(Query));
    }

    [Fact]
    public async Task Who_came_after_an_unsafe_request_does_not_wait_for_an_older_leader()
    {
        using var leader = await _host.BeginAsync(Query);
        var before = Follow(1)[0];
        await _host.SendAsync("PUT /a", new OriginAnswer(204, ""));
        using var after = await _host.BeginAsync(Query).WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, after.Action);
        await CacheHost.FinishAsync(leader, CacheHost.Fresh("old"));
        await AssertGoesOnAsync(before);
        await CacheHost.FinishAsync(after, CacheHost.Fresh("new"));
        await _host.AssertServedAsync("new", Query);
    }

    [Fact]
    public async Task Those_that_wait_for_a_validation_are_served_by_it()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var leader = await _host.BeginAsync(Query);
        var followers = Follow(3);
        await CacheHost.FinishAsync(leader, new OriginAnswer(304, "", "ETag: \"1\""));
        foreach (var follower in followers) Assert.Equal("answer", (await CacheHost.FinishAsync(await follower.WaitAsync(Patience, Test))).Content);
    }

    [Fact]
    public async Task Those_that_wait_for_a_validation_that_fails_go_on()
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "answer", "Cache-Control: max-age=60, stale-if-error=60", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var leader = await _host.BeginAsync(Query);
        var follower = Follow(1)[0];
        Assert.Equal("answer", (await CacheHost.FinishAsync(leader, new OriginAnswer(503, ""))).Content);
        using var next = await follower.WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Validate, next.Action);
    }

    [Fact]
    public async Task Without_a_time_to_wait_nobody_waits()
    {
        var host = new CacheHost(new() { CollapseTimeout = TimeSpan.Zero });
        using var leader = await host.BeginAsync(Query);
        await AssertGoesOnAsync(host.BeginAsync(Query));
    }

    // Four users ask, change and evict at once; each answer tells whom and what it is for.
    [Fact]
    public async Task Nobody_is_given_what_is_anothers()
    {
        var cache = new QueryCache(new(), new MemoryCacheStore(maximumSize: 160 * 1024));
        var served = 0;
        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancellationToken) =>
        {
            var random = new Random(number);
            var (user, content, spelling) = (random.Next(4), random.Next(50), random.Next(2));
            var method = random.Next(20) switch { 0 => "PUT", < 5 => "GET", _ => "QUERY" };
            var isVaried = content % 5 == 0;
            var query = spelling == 0 ? $$"""{"q":{{content}}}""" : $$"""{ "q" : {{content}} }""";
            var plain = CacheHost.Request(method is "QUERY" ? $"QUERY /{content % 10} {query}" : $"{method} /{content % 10}", $"X-User: {user}");
            using var transaction = await RequestDriver.BeginAsync(cache, isVaried || method is "PUT" ? plain : CacheHost.Of(user.ToString(CultureInfo.InvariantCulture), plain), cancellationToken);
            var expected = method is "GET" ? $"GET /{content % 10} {user}" : $"QUERY {content} {user}";
            if (transaction.Action is CacheAction.Serve)
            {
                Interlocked.Increment(ref served);
                Assert.Equal(expected, Encoding.UTF8.GetString(transaction.Answer().Content.Span));
                return;
            }
            await Task.Yield();
            if (method is "PUT")
            {
                await transaction.ReceiveAsync(204, HeaderCollection.Empty);
                return;
            }

            // Some answers fail, some are for one alone, and some users leave.
            var vary = isVaried || method is "GET" ? "Vary: X-User" : "X: y";
            var answer = random.Next(10) switch
            {
                0 => new OriginAnswer(500, "error"),
                1 => new OriginAnswer(200, expected, "Cache-Control: no-store"),
                2 => new OriginAnswer(200, expected, "Cache-Control: max-age=0", "ETag: \"1\"", vary),
                _ => CacheHost.Fresh(expected, vary),
            };
            if (random.Next(20) == 0) return;
            var head = await transaction.ReceiveAsync(answer.Status, answer.Headers);
            if (head is CacheHead.Capture && random.Next(20) != 0) await transaction.CompleteAsync(Encoding.UTF8.GetBytes(answer.Content));
            Assert.True(head is CacheHead.Capture or CacheHead.Pass);
        }).WaitAsync(TimeSpan.FromMinutes(2), Test);
        Assert.True(served > 1_000, $"Only {served} were served.");
    }

    private static async Task AssertGoesOnAsync(Task<RequestDriver> request)
    {
        using var transaction = await request.WaitAsync(Patience, Test);
        Assert.Equal(CacheAction.Forward, transaction.Action);
    }

    private static async Task EndAsync(RequestDriver leader, string what)
    {
        if (what is "disposed") leader.Dispose();
        else if (what is "fails") Assert.False(await leader.TryServeInsteadAsync());
        else if (what is "cut off")
        {
            await leader.ReceiveAsync(200, CacheHost.Fresh("").Headers);
            leader.Abandon();
        }
        else
        {
            await CacheHost.FinishAsync(leader, what switch
            {
                "private" => new OriginAnswer(200, "the leader's", "Cache-Control: private, max-age=60"),
                "no-store" => new OriginAnswer(200, "the leader's", "Cache-Control: no-store"),
                "set-cookie" => CacheHost.Fresh("the leader's", "Set-Cookie: a=b"),
                "any" => CacheHost.Fresh("the leader's", "Vary: *"),
                "uncacheable" => new OriginAnswer(503, "the leader's"),
                "long" => CacheHost.Fresh(new string('a', 101)),
                "long by statement" => CacheHost.Fresh("", "Content-Length: 101"),
                _ => CacheHost.Fresh("the leader's", "Content-Length: 99"),
            });
        }
    }

    private Task<RequestDriver>[] Follow(int count, CacheHost? host = null)
    {
        var followers = Enumerable.Range(0, count).Select(_ => (host ?? _host).BeginAsync(Query)).ToArray();
        Assert.All(followers, follower => Assert.False(follower.IsCompleted));
        return followers;
    }
}
