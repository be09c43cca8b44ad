namespace HttpQuery.Tests.Contracts;

// RFC 5861.
public abstract partial class CacheContractTests
{
    private const string StaleHit = "HttpQuery; hit; ttl=-1";

    private static OriginResponse Revalidated(string content) => new(200, content, "Cache-Control: max-age=60, stale-while-revalidate=60");

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task A_request_in_the_background_has_nothing_of_what_only_the_caller_wanted(string method)
    {
        Answer(Revalidated("old"), Revalidated("new"));
        await StoreAsync(Ask(method, "Cache-Control: no-transform", "Accept-Language: de"));
        Pass(61);

        string[] wishes = ["Cache-Control: no-transform", "Pragma: no-cache", "Accept-Language: de", "If-None-Match: \"own\"", "Range: bytes=0-1", "If-Range: \"own\""];
        var response = await SendAsync(Ask(method, wishes));
        Assert.Equal("200 old", response.Text);
        Assert.Equal(StaleHit, response.CacheStatus);
        await WaitForAsync(async () => (await SendAsync(Ask(method, "Cache-Control: no-transform"))).Text is "200 new");

        Assert.Equal(2, Host.Received.Count);
        var sent = Host.Received[1];
        Assert.Empty(sent.Conditions);
        Assert.Equal((method, "max-age=0, no-transform", "", "de"), (sent.Method, sent["Cache-Control"], sent["Pragma"], sent["Accept-Language"]));
        Assert.Equal(Host.Received[0].Content, sent.Content);
    }

    [Theory]
    [InlineData("")]
    [InlineData("q")]
    [InlineData("\0\u0080\u00FF")]
    public async Task Content_in_the_background_is_the_same_and_has_its_length(string content)
    {
        Answer(Revalidated("old"), Revalidated("new"));
        await StoreAsync(Query("/a", content));
        Pass(61);
        Assert.Equal("200 old", (await SendAsync(Query("/a", content))).Text);
        await WaitForAsync(async () => (await SendAsync(Query("/a", content))).Text is "200 new");

        var sent = Host.Received[1];
        Assert.Equal((content, "text/plain"), (sent.Content, sent["Content-Type"]));
        Assert.Equal((Host.Received[0]["Content-Length"], ""), (sent["Content-Length"], sent["Transfer-Encoding"]));
    }

    [Fact]
    public async Task Content_that_came_in_chunks_is_sent_with_its_length_in_the_background()
    {
        Answer(Revalidated("old"), Revalidated("new"));
        await StoreAsync(Query("/a", "q", "Transfer-Encoding: chunked"));
        Pass(61);
        await SendAsync(Query("/a", "q", "Transfer-Encoding: chunked"));
        await WaitForAsync(async () => (await SendAsync(Query("/a", "q"))).Text is "200 new");
        Assert.Equal(("q", "1", ""), (Host.Received[1].Content, Host.Received[1]["Content-Length"], Host.Received[1]["Transfer-Encoding"]));
    }

    [Fact]
    public async Task One_request_at_a_time_goes_out_in_the_background()
    {
        await StoreAsync(AskOnce());
        Pass(61);
        var (gate, count) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        Host.Origin = async _ =>
        {
            Interlocked.Increment(ref count);
            await gate.Task;
            return Revalidated("new");
        };
        for (var i = 0; i < 5; i++) Assert.Equal("200 old", (await SendAsync(Get("/a"))).Text);
        await WaitForAsync(() => Task.FromResult(count > 0));
        for (var i = 0; i < 5; i++) Assert.Equal("200 old", (await SendAsync(Get("/a"))).Text);
        gate.SetResult();
        await WaitForAsync(async () => (await SendAsync(Get("/a"))).Text is "200 new");
        Assert.Equal(1, count);

        ContractRequest AskOnce()
        {
            Answer(Revalidated("old"));
            return Get("/a");
        }
    }

    [Fact]
    public async Task HEAD_revalidates_by_GET_or_not_at_all()
    {
        Answer(Revalidated("old"), Revalidated("new"));
        await StoreAsync(Get("/a"));
        Pass(61);
        var response = await SendAsync(Ask("HEAD"));
        Assert.Equal(("200 ", "3"), (response.Text, response["Content-Length"]));
        if (!Host.RevalidatesForHead) Assert.Equal("200 old", (await SendAsync(Get("/a"))).Text);
        await WaitForAsync(async () => (await SendAsync(Get("/a"))).Text is "200 new");
        Assert.Equal(["GET", "GET"], Host.Received.Select(request => request.Method));
    }

    [Fact]
    public async Task Only_if_cached_asks_no_origin_even_in_the_background()
    {
        Answer(Revalidated("old"), Revalidated("new"));
        await StoreAsync(Get("/a"));
        Pass(61);
        Assert.Equal("200 old", (await SendAsync(Get("/a", "Cache-Control: only-if-cached"))).Text);
        Assert.Equal("200 old", (await SendAsync(Get("/a"))).Text);
        await WaitForAsync(async () => (await SendAsync(Get("/a"))).Text is "200 new");
        Assert.Equal(2, Host.Received.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_stale_response_stands_in_for_an_origin_that_fails_before_the_content(int status)
    {
        Answer(new OriginResponse(200, "old", "Cache-Control: max-age=60, stale-if-error=60"), status == 0 ? OriginResponse.Unreachable : new(status, "error"));
        await StoreAsync(Query("/a", "q"));
        Pass(61);

        var response = await SendAsync(Query("/a", "q"));
        Assert.Equal("200 old", response.Text);
        Assert.EndsWith("; ttl=-1; detail=stale-if-error", response.CacheStatus, StringComparison.Ordinal);
        Assert.StartsWith("HttpQuery; fwd=stale", response.CacheStatus, StringComparison.Ordinal);
        Pass(60);
        Assert.NotEqual(200, (await SendAsync(Query("/a", "q"))).Status);
    }

    [Fact]
    public async Task An_origin_that_fails_within_the_content_fails_the_caller_and_leaves_the_stored_response()
    {
        Answer(new OriginResponse(200, "old", "Cache-Control: max-age=60, stale-if-error=60"), Fresh("0123456789") with { IsCut = true }, OriginResponse.Unreachable);
        await StoreAsync(Query("/a", "q"));
        Pass(61);
        Assert.Equal(0, (await SendAsync(Query("/a", "q"))).Status);
        Assert.Equal("200 old", (await SendAsync(Query("/a", "q"))).Text);
        Assert.Equal(3, Host.Received.Count);
    }
}
