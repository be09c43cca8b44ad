using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>RFC 9111 §3, §4.1; RFC 10008 §2.7: what is stored, and for whom.</summary>
public class RequestLookupTests
{
    private const string Query = """QUERY /a {"q":1}""";
    private const string Spelled = """QUERY /a { "q": 1 }""";

    private readonly CacheHost _host = new();

    [Fact]
    public async Task A_304_that_varies_anew_is_given_to_nobody_else()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("anna's", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        var anna = CacheHost.Request(Query, "X-User: anna");
        var validated = await _host.SendAsync(anna, new OriginAnswer(304, "", "ETag: \"1\"", "Cache-Control: max-age=60", "Vary: X-User"));
        Assert.Equal("anna's", validated.Content);
        await _host.AssertForwardedAsync(Query, "X-User: bert");
    }

    [Fact]
    public async Task A_304_that_varies_by_more_is_given_to_nobody_else()
    {
        var anna = CacheHost.Request(Query, "X-User: anna", "Accept: a/b");
        await _host.SendAsync(anna, CacheHost.Fresh("anna's", "ETag: \"1\"", "Vary: Accept"));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        await _host.SendAsync(anna, new OriginAnswer(304, "", "ETag: \"1\"", "Cache-Control: max-age=60", "Vary: Accept, X-User"));
        await _host.AssertForwardedAsync(Query, "X-User: bert", "Accept: a/b");
    }

    [Theory]
    [InlineData("X-User")]
    [InlineData("Accept-Language, x-user")]
    public async Task Each_value_of_a_field_that_counts_has_its_own_answer(string vary)
    {
        var (anna, bert) = (CacheHost.Request(Query, "X-User: anna"), CacheHost.Request(Query, "X-User: bert"));
        await _host.SendAsync(anna, CacheHost.Fresh("anna's", $"Vary: {vary}"));
        await _host.AssertForwardedAsync(bert);
        await _host.AssertForwardedAsync(Query);
        await _host.SendAsync(bert, CacheHost.Fresh("bert's", $"Vary: {vary}"));
        await _host.AssertServedAsync("anna's", anna);
        await _host.AssertServedAsync("bert's", bert);
        await _host.AssertForwardedAsync(Query);
    }

    [Theory]
    [InlineData("no-cache=\"Vary\", max-age=60", "X: y")]
    [InlineData("private=\"Vary\", max-age=60", "X: y")]
    [InlineData("max-age=60", "Connection: Vary")]
    public async Task Vary_counts_whatever_else_is_said_of_it(string cacheControl, string line)
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(CacheHost.Request(Query, "X-User: anna"), new OriginAnswer(200, "anna's", "Vary: X-User", $"Cache-Control: {cacheControl}", line));
        await host.AssertForwardedAsync(Query, "X-User: bert");
    }

    [Fact]
    public async Task What_varies_in_how_it_varies_is_found_under_the_last_four_lists()
    {
        foreach (var name in new[] { "A", "B", "C", "D", "E" })
            await _host.SendAsync(CacheHost.Request(Query, $"{name}: 1"), CacheHost.Fresh(name, $"Vary: {name}"));
        await _host.AssertForwardedAsync(Query, "A: 1", "B: 0", "C: 0", "D: 0", "E: 0");
        foreach (var name in new[] { "B", "C", "D", "E" })
            await _host.AssertServedAsync(name, Query, [.. new[] { "B", "C", "D", "E" }.Select(other => $"{other}: {(other == name ? 1 : 0)}")]);
    }

    [Fact]
    public async Task An_answer_that_no_longer_varies_does_not_take_the_place_of_those_that_did()
    {
        var anna = CacheHost.Request(Query, "X-User: anna");
        await _host.SendAsync(anna, CacheHost.Fresh("anna's", "Vary: X-User"));
        await _host.SendAsync(Query, CacheHost.Fresh("everyone's"));
        await _host.AssertServedAsync("everyone's", Query, "X-User: bert");
        await _host.SendAsync(CacheHost.Request("GET /b", "X-User: anna"), CacheHost.Fresh("everyone's"));
        await _host.AssertServedAsync("everyone's", "GET /b");
    }

    [Theory]
    [InlineData(Query)]
    [InlineData("GET /a")]
    public async Task Users_that_are_kept_apart_never_meet(string request)
    {
        var plain = CacheHost.Request(request);
        await _host.SendAsync(CacheHost.Of("anna", plain), CacheHost.Fresh("anna's"));
        await _host.AssertForwardedAsync(CacheHost.Of("bert", plain));
        await _host.AssertForwardedAsync(plain);
        await _host.AssertServedAsync("anna's", CacheHost.Of("anna", plain));
    }

    [Theory]
    [InlineData("private, max-age=60")]
    [InlineData("no-store, max-age=60")]
    [InlineData("max-age=60", "Set-Cookie: a=b")]
    [InlineData("max-age=60", "Vary: *")]
    public async Task What_is_for_one_user_is_not_stored_for_all(string cacheControl, params string[] lines)
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(Query, new OriginAnswer(200, "anna's", [$"Cache-Control: {cacheControl}", .. lines]));
        await host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task What_was_asked_for_with_credentials_is_not_stored_for_all()
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(CacheHost.Request(Query, "Authorization: Bearer anna"), CacheHost.Fresh("anna's"));
        await host.AssertForwardedAsync(Query, "Authorization: Bearer bert");
        await host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task A_304_to_one_with_credentials_is_not_stored_for_all()
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync(Query, CacheHost.Fresh("everyone's", "ETag: \"1\""));
        host.Time.Advance(TimeSpan.FromSeconds(61));
        var validated = await host.SendAsync(CacheHost.Request(Query, "Authorization: Bearer anna"), new OriginAnswer(304, "", "ETag: \"1\"", "X-User: anna"));
        Assert.Equal("anna", validated["X-User"]);
        await host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task Another_spelling_has_the_answer_and_the_error_is_not_stored()
    {
        await _host.SendAsync(Query, new OriginAnswer(400, "column 3", "Cache-Control: max-age=60"));
        await _host.AssertForwardedAsync(Query);
        await _host.AssertForwardedAsync(Spelled);
        await _host.SendAsync(Spelled, CacheHost.Fresh("answer"));
        await _host.AssertServedAsync("answer", Spelled);
        await _host.AssertServedAsync("answer", Query);
    }

    [Fact]
    public async Task What_asks_for_no_transformation_meets_no_other_spelling()
    {
        await _host.SendAsync(CacheHost.Request(Query, "Cache-Control: no-transform"), CacheHost.Fresh("answer"));
        await _host.AssertServedAsync("answer", Query, "Cache-Control: no-transform");
        await _host.AssertForwardedAsync(Spelled, "Cache-Control: no-transform");
        await _host.AssertForwardedAsync(Spelled);
    }

    [Theory]
    [InlineData("Content-Type: application/json;charset=utf-16")]
    [InlineData("Content-Encoding: x")]
    [InlineData("Content-Language: de")]
    [InlineData("Content-Location: /c")]
    public async Task Fields_of_the_content_tell_queries_apart(string line)
    {
        var other = CacheHost.Request("QUERY /a", line);
        await _host.SendAsync("QUERY /a", CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync(other);
    }

    [Fact]
    public async Task A_request_with_no_store_is_neither_stored_nor_answered()
    {
        await _host.SendAsync(CacheHost.Request(Query, "Cache-Control: no-store"), CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync(Query);
        await _host.SendAsync(Query, CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync(Query, "Cache-Control: no-store");
    }

    [Fact]
    public async Task Content_that_could_not_be_read_bypasses()
    {
        var request = CacheHost.Request(Query);
        var unread = new CacheRequest { Method = "QUERY", Scheme = "https", Authority = "a.test", Target = "/a", Headers = request.Headers, Content = null };
        await _host.SendAsync("QUERY /a", CacheHost.Fresh("empty"));
        var reply = await _host.SendAsync(unread, CacheHost.Fresh("long"));
        Assert.Equal("test; fwd=bypass; fwd-status=200", reply["Cache-Status"]);
        await _host.AssertForwardedAsync(unread);
        await _host.AssertServedAsync("empty", "QUERY /a");
    }

    [Fact]
    public async Task A_get_with_content_bypasses()
    {
        await _host.SendAsync("""GET /a {"q":1}""", CacheHost.Fresh("answer"));
        await _host.AssertForwardedAsync("""GET /a {"q":1}""");
        await _host.AssertForwardedAsync("GET /a");
    }

    [Theory]
    [InlineData("Content-Length: 7")]
    [InlineData("Content-Length: 5")]
    [InlineData("Content-Length: x")]
    [InlineData("Content-Length: 6", "Content-Length: 7")]
    public async Task An_answer_of_another_length_than_stated_is_not_stored(params string[] lines)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("answer", lines));
        await _host.AssertForwardedAsync(Query);
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(5, false)]
    public async Task An_answer_is_stored_up_to_a_length(int length, bool isStored)
    {
        var host = new CacheHost(new() { MaximumResponseLength = length });
        using var stated = await host.BeginAsync(Query);
        Assert.Equal(isStored ? CacheHead.Capture : CacheHead.Pass, await stated.ReceiveAsync(200, CacheHost.Fresh("", "Content-Length: 6").Headers));
        stated.Dispose();
        await host.SendAsync(Query, CacheHost.Fresh("answer"));
        Assert.Equal(isStored ? CacheAction.Serve : CacheAction.Forward, (await host.BeginAsync(Query)).Action);
    }

    [Fact]
    public async Task What_was_cut_off_is_not_stored()
    {
        using var transaction = await _host.BeginAsync(Query);
        Assert.Equal(CacheHead.Capture, await transaction.ReceiveAsync(200, CacheHost.Fresh("").Headers));
        transaction.Abandon();
        await transaction.CompleteAsync("ans"u8.ToArray());
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task What_an_adapter_finds_at_the_end_keeps_a_response_out()
    {
        var host = new CacheHost(CacheHost.Shared);
        using var late = await host.BeginAsync("GET /a");
        Assert.Equal(CacheHead.Capture, await late.ReceiveAsync(200, CacheHost.Fresh("answer").Headers));
        late.FinalRefusal = Diagnostics.StorageRefusal.Elsewhere;
        await late.CompleteAsync("answer"u8.ToArray());
        await host.AssertForwardedAsync("GET /a");
    }

    [Fact]
    public async Task A_second_response_is_for_the_same_unknown_user_as_the_first()
    {
        var host = new CacheHost(CacheHost.Shared);
        await host.SendAsync("GET /a", CacheHost.Fresh("answer", "ETag: \"1\""));
        host.Time.Advance(TimeSpan.FromSeconds(61));
        using var validation = await host.BeginAsync("GET /a");
        validation.ReportUnknownUser();
        Assert.Equal(CacheHead.Resend, await validation.ReceiveAsync(304, Message.Headers("ETag: \"1\"")));
        Assert.Equal(CacheHead.Pass, await validation.ReceiveAsync(200, CacheHost.Fresh("of a user").Headers));
    }

    [Fact]
    public async Task A_phase_that_is_over_throws()
    {
        var host = new CacheHost(CacheHost.Shared);
        var forward = Assert.IsType<CacheDecision.Forward>(await host.Cache.LookUpAsync(CacheHost.Request("GET /a"), TestContext.Current.CancellationToken));
        await forward.Exchange.ReceiveAsync(new(200, CacheHost.Fresh("answer").Headers));
        await Assert.ThrowsAsync<InvalidOperationException>(() => forward.Exchange.ReceiveAsync(new(200, CacheHost.Fresh("answer").Headers)).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => forward.Exchange.FailAsync().AsTask());
        Assert.Throws<InvalidOperationException>(() => forward.Exchange.Decline(200, null));
        forward.Exchange.Dispose();
        await Assert.ThrowsAsync<InvalidOperationException>(() => forward.Exchange.ReceiveAsync(new(200, HeaderCollection.Empty)).AsTask());
    }
}
