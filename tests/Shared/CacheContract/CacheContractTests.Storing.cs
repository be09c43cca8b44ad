namespace HttpQuery.Tests.Contracts;

// What is stored, and what makes it unusable: RFC 9111 §3, §4.4, §5.2.
public abstract partial class CacheContractTests
{
    [Theory]
    [InlineData(0, false, true)]
    [InlineData(0, true, true)]
    [InlineData(10, false, true)]
    [InlineData(10, true, true)]
    [InlineData(1000, false, true)]
    [InlineData(1000, true, true)]
    [InlineData(1001, false, false)]
    [InlineData(1001, true, false)]
    public async Task Whole_content_is_stored_up_to_the_limit(int length, bool isChunked, bool isStored)
    {
        Answer(number => Fresh(new((char)('0' + number), length)) with { IsChunked = isChunked });
        var first = await SendAsync(Get("/a"));
        Assert.Equal($"200 {new string('1', length)}", first.Text);

        // Content without a length turns out to be too long when the headers have gone.
        Assert.Equal(isStored || isChunked ? Miss : "HttpQuery; fwd=uri-miss; fwd-status=200; detail=too-long", first.CacheStatus);
        var second = await SendAsync(Get("/a"));
        Assert.Equal(isStored, second.CacheStatus is "HttpQuery; hit; ttl=60");
        Assert.Equal(isStored ? first.Text : $"200 {new string('2', length)}", second.Text);
    }

    [Theory]
    [InlineData("GET", false)]
    [InlineData("GET", true)]
    [InlineData("QUERY", false)]
    [InlineData("QUERY", true)]
    public async Task Content_that_was_cut_off_is_not_stored(string method, bool isChunked)
    {
        Answer(Fresh("0123456789") with { IsCut = true, IsChunked = isChunked }, Fresh("whole"));
        Assert.Equal(0, (await SendAsync(Ask(method))).Status);
        Assert.Equal("200 whole", (await SendAsync(Ask(method))).Text);
    }

    [Fact]
    public async Task An_unsafe_request_whose_outcome_is_not_known_invalidates_its_target()
    {
        await StoreAsync(Get("/a"));
        Answer(OriginResponse.Unreachable, Fresh("new"));
        Assert.NotEqual(200, (await SendAsync(new("PUT", "/a", "x"))).Status);
        Assert.Equal("200 new", (await SendAsync(Get("/a"))).Text);
    }

    [Fact]
    public async Task No_store_stores_nothing()
    {
        Assert.Equal("HttpQuery; fwd=uri-miss; fwd-status=200", (await SendAsync(Get("/a", "Cache-Control: no-store"))).CacheStatus);
        Answer(new OriginResponse(200, "no", "Cache-Control: no-store"), Fresh("yes"));
        Assert.Equal("HttpQuery; fwd=uri-miss; fwd-status=200; detail=no-store", (await SendAsync(Get("/a"))).CacheStatus);
        Assert.Equal("200 yes", (await SendAsync(Get("/a"))).Text);
    }

    [Fact]
    public async Task Only_if_cached_gets_what_is_stored_or_504()
    {
        var refused = await SendAsync(Query("/a", "q", "Cache-Control: only-if-cached"));
        Assert.Equal((504, "HttpQuery; detail=only-if-cached"), (refused.Status, refused.CacheStatus));
        Assert.Empty(Host.Received);
        await StoreAsync(Query("/a", "q"));
        var served = await SendAsync(Query("/a", "q", "Cache-Control: only-if-cached"));
        Assert.Equal(("200 #1", "HttpQuery; hit; ttl=60"), (served.Text, served.CacheStatus));
    }

    [Fact]
    public async Task HEAD_is_answered_from_GET_and_stores_nothing()
    {
        Host.Origin = request => Task.FromResult(Fresh(request.Method is "HEAD" ? "" : "content"));
        var forwarded = await SendAsync(Ask("HEAD"));
        Assert.Equal(("200 ", "HttpQuery; fwd=uri-miss; fwd-status=200"), (forwarded.Text, forwarded.CacheStatus));
        await StoreAsync(Get("/a"));
        var served = await SendAsync(Ask("HEAD"));
        Assert.Equal(("200 ", "7", "HttpQuery; hit; ttl=60"), (served.Text, served["Content-Length"], served.CacheStatus));
        Assert.Equal(["HEAD", "GET"], Host.Received.Select(request => request.Method));
    }

    [Fact]
    public async Task An_age_is_told()
    {
        await StoreAsync(Get("/a"));
        Pass(10);
        var response = await SendAsync(Get("/a"));
        Assert.Equal(("10", "HttpQuery; hit; ttl=50"), (response["Age"], response.CacheStatus));
    }

    [Fact]
    public async Task An_unsafe_request_invalidates_its_target_and_what_it_names_of_the_same_origin()
    {
        ContractRequest[] stored =
        [
            Get("/a"), Query("/a", "q"), Query("/a", "r"), Get("/location"), Query("/content-location", "q"),
            Get("/other"), Get("/foreign") with { Authority = "b.test" }, Get("/a?b"), Get("/a") with { User = ["user"] },
        ];
        foreach (var request in stored) await StoreAsync(request);
        Answer(new OriginResponse(201, "", "Location: /location", "Content-Location: http://A.test:80/content-location"));
        Assert.Equal("HttpQuery; fwd=method; fwd-status=201", (await SendAsync(new("POST", "/a", "x"))).CacheStatus);
        Answer(new OriginResponse(201, "", "Location: http://b.test/foreign"));
        await SendAsync(new("POST", "/unrelated", "x"));

        Answer(number => Fresh("new"));
        bool[] expected = [true, true, true, true, true, false, false, false, true];
        for (var i = 0; i < stored.Length; i++) Assert.Equal(expected[i], (await SendAsync(stored[i])).Content is "new");
    }

    [Theory]
    [InlineData("HttpQuery; fwd=uri-miss; fwd-status=200; detail=content-type", "QUERY", "q")]
    [InlineData("HttpQuery; fwd=bypass; fwd-status=200", "GET", "q")]
    [InlineData("HttpQuery; fwd=uri-miss; fwd-status=206; detail=status", "GET", null, "Range: bytes=0-1")]
    public async Task Some_requests_have_no_response_that_is_stored(string expected, string method, string? content, params string[] headers)
    {
        Host.Origin = request => Task.FromResult(request["Range"] is "" ? Fresh("content") : Fresh("co", "Content-Range: bytes 0-1/7") with { Status = 206 });
        for (var i = 0; i < 2; i++)
        {
            var response = await SendAsync(new ContractRequest(method, "/a", content, headers));
            Assert.Equal(expected, response.CacheStatus);
        }
        Assert.Equal(2, Host.Received.Count);
    }

    [Theory]
    [InlineData("HttpQuery; fwd=uri-miss; fwd-status=200; detail=vary", "Cache-Control: max-age=60", "Vary: *")]
    [InlineData("HttpQuery; fwd=uri-miss; fwd-status=200; detail=no-validator", "Cache-Control: no-cache")]
    [InlineData("HttpQuery; fwd=uri-miss; fwd-status=200; detail=no-validator", "Cache-Control: max-age=0")]
    public async Task Some_responses_are_not_stored(string expected, params string[] headers)
    {
        Answer(new OriginResponse(200, "content", headers));
        for (var i = 0; i < 2; i++) Assert.Equal(expected, (await SendAsync(Query("/a", "q"))).CacheStatus);
        Assert.Equal(2, Host.Received.Count);
    }

    [Fact]
    public async Task What_caches_nearer_to_the_origin_say_stands_before()
    {
        Answer(Fresh("content", "Cache-Status: near; hit"));
        Assert.Equal($"near; hit, {Miss}", (await SendAsync(Get("/a"))).CacheStatus);
        Assert.Equal("near; hit, HttpQuery; hit; ttl=60", (await SendAsync(Get("/a"))).CacheStatus);
    }

    [Theory]
    [InlineData("Cache-Control: no-cache")]
    [InlineData("Cache-Control: max-age=0")]
    [InlineData("Pragma: no-cache")]
    public async Task A_caller_can_ask_for_a_new_response(string header)
    {
        await StoreAsync(Get("/a"));
        Pass(1);
        var response = await SendAsync(Get("/a", header));
        Assert.Equal(("200 #2", "HttpQuery; fwd=request; fwd-status=200; stored; ttl=60"), (response.Text, response.CacheStatus));
    }

    [Fact]
    public async Task An_unsafe_request_that_fails_invalidates_nothing()
    {
        await StoreAsync(Get("/a"));
        Answer(new OriginResponse(409, "conflict"));
        await SendAsync(new("POST", "/a", "x"));
        Assert.Equal("200 #1", (await SendAsync(Get("/a"))).Text);
    }
}
