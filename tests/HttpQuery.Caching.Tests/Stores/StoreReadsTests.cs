using System.Globalization;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Tests.Stores;

/// <summary>How often a request waits for a remote store, and what it leaves there.</summary>
public class StoreReadsTests
{
    private static readonly string[] Varying = ["Vary: Accept-Language"];
    private static readonly string[] Tag = ["t"];

    private readonly StepStore _store = new();
    private readonly FakeTimeProvider _time = new(Message.Received);
    private readonly QueryCache _cache;

    public StoreReadsTests() => _cache = Machine();

    [Fact]
    public void A_miss_is_decided_in_one_step() => Assert.Equal(1, Forward(_cache, "GET /a").Steps);

    [Fact]
    public void A_hit_takes_one_step()
    {
        Store("GET /a");
        Assert.Equal(1, Hit(_cache, "GET /a"));
        Assert.Equal(1, Hit(Machine(), "GET /a"));
    }

    [Fact]
    public void A_hit_that_varies_takes_two_steps()
    {
        Store("GET /a", Varying);
        Assert.Equal(2, Hit(Machine(), "GET /a"));
    }

    [Fact]
    public void A_hit_with_tags_takes_two_steps_where_they_are_not_known()
    {
        Store("GET /a", [], Tag);
        Assert.Equal(1, Hit(_cache, "GET /a"));
        Assert.Equal(2, Hit(Machine(), "GET /a"));
        Assert.Equal(1, Hit(Machine(), WithTag("/a")));
    }

    [Fact]
    public void A_hit_that_varies_and_has_tags_takes_two_steps()
    {
        Store("GET /a", Varying, Tag);
        Assert.Equal(2, Hit(_cache, "GET /a"));
        Assert.Equal(2, Hit(Machine(), "GET /a"));
    }

    [Fact]
    public void Storing_takes_four_steps_the_first_time_for_a_uri_and_two_after_that()
    {
        Store("GET /other");
        Assert.Equal(4, Store("""QUERY /a {"q":1}"""));
        Assert.Equal(2, Store("""QUERY /a {"q":2}"""));
        Assert.Equal(2, Store("""QUERY /a {"q":3}""", Varying));
    }

    [Fact]
    public void The_first_response_of_a_store_takes_no_step_more() => Assert.Equal(4, Store("GET /a"));

    [Theory, InlineData(1, false), InlineData(2, true)]
    public void What_everyone_may_have_is_found_for_a_user_in_no_step_more(int steps, bool varies)
    {
        Store("GET /a", varies ? ["Cache-Control: public, max-age=60", .. Varying] : ["Cache-Control: public, max-age=60"]);
        Assert.Equal(steps, Hit(Machine(), OfUser("/a")));
    }

    // Trials B2.
    [Theory]
    [InlineData("GET", 404)]
    [InlineData("POST", 200)]
    [InlineData("QUERY", 200)]
    public void What_is_not_stored_leaves_nothing_that_lives_longer_than_a_flight(string method, int status)
    {
        var count = TestScale.IsFull ? 5_000 : 500;
        for (var i = 0; i < count; i++)
        {
            var (exchange, _) = Forward(_cache, string.Create(CultureInfo.InvariantCulture, $"{method} /rand{i}"));
            Assert.IsType<ResponseAction.Relay>(_store.Run(() => exchange.ReceiveAsync(new(status, Message.Headers("Cache-Control: no-store")))).Result);
        }
        Assert.DoesNotContain(_store.Items.Values, one => one.Lifetime > _cache.Options.MaximumRequestDuration);
        Assert.Equal(method is "POST" ? 2 * count : 0, _store.Items.Count);
    }

    // Trials A13.
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void What_is_on_its_way_while_its_tag_is_evicted_is_no_hit(bool isKnown, bool isElsewhere)
    {
        Store("GET /b", [], Tag);
        var request = isKnown ? WithTag("/a") : CacheHost.Request("GET /a");
        var (exchange, _) = Forward(_cache, request);
        Assert.True(_store.Run(() => (isElsewhere ? Machine() : _cache).EvictByTagAsync("t")).Result);
        Finish(exchange, ["Cache-Control: max-age=60"], Tag);
        Forward(_cache, request);
        Forward(Machine(), "GET /a");
        Forward(_cache, "GET /b");
    }

    // Decision 0014: the tag is known for the next request, whatever comes between.
    [Theory]
    [InlineData("""QUERY /a {"q":1}""", """QUERY /a {"q":2}""")]
    [InlineData("GET /a", "GET /a", "Accept-Language: de")]
    public void What_has_an_evicted_tag_is_stored_again_though_others_of_its_uri_have_other_tags(string request, string other, params string[] lines)
    {
        Store(request, Varying, Tag);
        var others = CacheHost.Request(other, lines);
        Finish(Forward(_cache, others).Exchange, ["Cache-Control: max-age=60", .. Varying], ["other"]);
        _store.Run(() => _cache.EvictByTagAsync("t"));
        Store(request, Varying, Tag);
        Hit(_cache, others);
        Hit(_cache, request);
    }

    [Theory, InlineData(64), InlineData(65), InlineData(1_000)]
    public void What_has_many_tags_is_stored_again_after_one_was_evicted(int count)
    {
        string[] tags = [.. Enumerable.Range(0, count).Select(i => $"t{i}")];
        Store("GET /a", [], tags);
        _store.Run(() => _cache.EvictByTagAsync(tags[^1]));
        Store("GET /a", [], tags);
        Hit(_cache, "GET /a");
    }

    [Fact]
    public void A_marker_that_is_lost_lets_nothing_in_that_is_older_than_the_epoch_begun_after_it()
    {
        var (older, _) = Forward(_cache, "GET /a");
        var (unsafeRequest, _) = Forward(Machine(), "PUT /a");
        _store.Run(() => unsafeRequest.ReceiveAsync(new(204, [])));
        Assert.True(_store.Items.Remove(EpochKeys.GetMarkerKey(CacheKeySet.GetResourceKey(CacheHost.Request("GET /a")))));

        var newer = Machine();
        Finish(Forward(newer, """QUERY /a {"q":1}""").Exchange, ["Cache-Control: max-age=60"], []);
        Assert.Equal(1, Hit(newer, """QUERY /a {"q":1}"""));
        Finish(older, ["Cache-Control: max-age=60"], []);
        Forward(_cache, "GET /a");
    }

    private static CacheRequest WithTag(string target) =>
        new() { Method = "GET", Scheme = "https", Authority = "a.test", Target = target, Headers = Message.Headers(), Content = System.Buffers.ReadOnlySequence<byte>.Empty, Tags = Tag };

    private static CacheRequest OfUser(string target) =>
        new() { Method = "GET", Scheme = "https", Authority = "a.test", Target = target, Headers = Message.Headers(), Content = System.Buffers.ReadOnlySequence<byte>.Empty, User = new byte[] { 1 } };

    private QueryCache Machine() => new(new() { Name = "steps", Rules = Message.Shared, CollapseTimeout = TimeSpan.Zero }, _store, _time);

    private int Hit(QueryCache cache, CacheRequest request)
    {
        var (decision, steps) = _store.Run(() => cache.LookUpAsync(request));
        Assert.IsType<CacheDecision.Serve>(decision);
        return steps;
    }

    private int Hit(QueryCache cache, string request) => Hit(cache, CacheHost.Request(request));

    private (OriginExchange Exchange, int Steps) Forward(QueryCache cache, CacheRequest request)
    {
        var (decision, steps) = _store.Run(() => cache.LookUpAsync(request));
        return (Assert.IsType<CacheDecision.Forward>(decision).Exchange, steps);
    }

    private (OriginExchange Exchange, int Steps) Forward(QueryCache cache, string request) => Forward(cache, CacheHost.Request(request));

    private int Store(string request, string[]? lines = null, string[]? tags = null) =>
        Finish(Forward(_cache, request).Exchange, lines is [['C', ..], ..] ? lines : ["Cache-Control: max-age=60", .. lines ?? []], tags ?? []);

    private int Finish(OriginExchange exchange, string[] lines, string[] tags)
    {
        var (reaction, _) = _store.Run(() => exchange.ReceiveAsync(new(200, Message.Headers(lines)) { Terms = () => new(null, tags) }));
        var capture = Assert.IsType<ResponseAction.RelayAndStore>(reaction).Capture;
        capture.Append("content"u8);
        return _store.Run(capture.StoreAsync).Steps;
    }
}
