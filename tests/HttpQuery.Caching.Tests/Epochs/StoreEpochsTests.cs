using System.Buffers;
using HttpQuery.Caching.Engine;

namespace HttpQuery.Caching.Tests.Epochs;

/// <summary>RFC 9111 §4.4, RFC 9875: nothing that was computed before an unsafe request is served after it.</summary>
public class StoreEpochsTests
{
    private const string Query = """QUERY /a {"q":1}""";

    private readonly CacheHost _host = new();

    [Theory]
    [InlineData("PUT", 200)]
    [InlineData("POST", 201)]
    [InlineData("DELETE", 204)]
    [InlineData("PATCH", 303)]
    [InlineData("MERGE", 200)]
    [InlineData("query", 200)]
    [InlineData("POST", 399)]
    public async Task An_unsafe_or_unknown_method_that_succeeds_makes_all_of_the_uri_unusable(string method, int status)
    {
        await StoreAllAsync();
        await _host.SendAsync($"{method} /a", new OriginAnswer(status, ""));
        await _host.AssertForwardedAsync("GET /a");
        await _host.AssertForwardedAsync("HEAD /a");
        await _host.AssertForwardedAsync(Query);
        await _host.AssertForwardedAsync("""QUERY /a {"q":2}""");
        await _host.AssertForwardedAsync(CacheHost.Of("anna", CacheHost.Request("GET /a")));
        await _host.AssertServedAsync("other", "GET /b");
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("HEAD", 200)]
    [InlineData("OPTIONS", 200)]
    [InlineData("TRACE", 200)]
    [InlineData("PROPFIND", 207)]
    [InlineData("REPORT", 200)]
    [InlineData("SEARCH", 200)]
    [InlineData("QUERY", 200)]
    [InlineData("POST", 400)]
    [InlineData("PUT", 412)]
    [InlineData("DELETE", 500)]
    public async Task A_safe_method_or_an_error_makes_nothing_unusable(string method, int status)
    {
        await StoreAllAsync();
        await _host.SendAsync(CacheHost.Request($"{method} /a", "Cache-Control: no-store, no-cache"), new OriginAnswer(status, "", "Location: /b", "Cache-Group-Invalidation: \"g\""));
        await _host.AssertServedAsync("get", "GET /a");
        await _host.AssertServedAsync("query", Query);
        await _host.AssertServedAsync("other", "GET /b");
    }

    [Theory]
    [InlineData("GET /a", 200)]
    [InlineData(Query, 200)]
    [InlineData("GET /a", 404)]
    public async Task An_answer_computed_before_and_completed_after_is_never_served(string request, int status)
    {
        using var slow = await _host.BeginAsync(request);
        var head = await slow.ReceiveAsync(status, CacheHost.Fresh("old").Headers);
        await _host.SendAsync("PUT /a", new OriginAnswer(204, ""));
        Assert.Equal(CacheHead.Capture, head);
        await slow.CompleteAsync("old"u8.ToArray());
        await _host.AssertForwardedAsync(request);

        await _host.SendAsync(request, CacheHost.Fresh("new"));
        await _host.AssertServedAsync("new", request);
    }

    [Fact]
    public async Task An_answer_asked_for_before_whose_fields_come_after_is_never_served()
    {
        using var slow = await _host.BeginAsync(Query);
        await _host.SendAsync("PUT /a", new OriginAnswer(204, ""));
        await CacheHost.FinishAsync(slow, CacheHost.Fresh("old"));
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task A_group_that_only_a_304_names_and_that_was_invalidated_meanwhile_makes_nothing_usable()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var validation = await _host.BeginAsync(Query);
        Assert.Equal(CacheAction.Validate, validation.Action);
        await _host.SendAsync("POST /other", new OriginAnswer(200, "", "Cache-Group-Invalidation: \"h\""));
        Assert.Equal(CacheHead.Serve, await validation.ReceiveAsync(304, Message.Headers("ETag: \"1\"", "Cache-Control: max-age=60", "Cache-Groups: \"h\"")));
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task A_validation_that_spans_an_unsafe_request_makes_nothing_usable_again()
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var validation = await _host.BeginAsync(Query);
        Assert.Equal(CacheAction.Validate, validation.Action);
        await _host.SendAsync("PUT /a", new OriginAnswer(204, ""));
        Assert.Equal(CacheHead.Serve, await validation.ReceiveAsync(304, Message.Headers("ETag: \"1\"", "Cache-Control: max-age=60")));
        await _host.AssertForwardedAsync(Query);
    }

    [Theory]
    [InlineData("Location: /b")]
    [InlineData("Location: https://a.test/b#part")]
    [InlineData("Location: https://A.TEST:443/b")]
    [InlineData("Content-Location: b")]
    public async Task A_location_of_the_same_origin_is_made_unusable_too(string line)
    {
        await StoreAllAsync();
        using var slow = await _host.BeginAsync("""QUERY /b {"q":1}""");
        await _host.SendAsync("POST /c", new OriginAnswer(201, "", line));
        await CacheHost.FinishAsync(slow, CacheHost.Fresh("old"));
        await _host.AssertForwardedAsync("GET /b");
        await _host.AssertForwardedAsync("""QUERY /b {"q":1}""");
        await _host.AssertServedAsync("get", "GET /a");
    }

    [Theory]
    [InlineData("Location: https://b.test/b")]
    [InlineData("Location: http://a.test/b")]
    [InlineData("Content-Location: https://a.test:444/b")]
    [InlineData("Location: //b.test/b")]
    public async Task A_location_of_another_origin_stays_usable(string line)
    {
        await StoreAllAsync();
        foreach (var (scheme, authority) in new[] { ("https", "b.test"), ("http", "a.test"), ("https", "a.test:444") })
            await _host.SendAsync(At(scheme, authority, "GET"), CacheHost.Fresh("theirs"));
        await _host.SendAsync("POST /c", new OriginAnswer(201, "", line));
        await _host.AssertServedAsync("other", "GET /b");
        await _host.AssertServedAsync("theirs", At("https", "b.test", "GET"));
        await _host.AssertServedAsync("theirs", At("http", "a.test", "GET"));
        await _host.AssertServedAsync("theirs", At("https", "a.test:444", "GET"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.test:99999")]
    [InlineData("a..test")]
    public async Task An_authority_that_is_none_of_a_uri_is_made_unusable_too(string authority)
    {
        await _host.SendAsync(At("https", authority, "GET"), CacheHost.Fresh("old"));
        await _host.AssertServedAsync("old", At("https", authority, "GET"));
        await _host.SendAsync(At("https", authority, "PUT"), new OriginAnswer(204, ""));
        await _host.AssertForwardedAsync(At("https", authority, "GET"));
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("/%61")]
    [InlineData("/x/../a")]
    [InlineData("/A")]
    [InlineData("/a/")]
    [InlineData("/a?")]
    [InlineData("//a")]
    [InlineData("/%2561")]
    [InlineData("/x%2Fy/../a")]
    public async Task Another_spelling_of_the_target_is_the_same_uri(string target)
    {
        await StoreAllAsync();
        await _host.SendAsync($"PUT {target}", new OriginAnswer(204, ""));
        await _host.AssertForwardedAsync(Query);
    }

    [Theory]
    [InlineData("/a?b")]
    [InlineData("/b")]
    [InlineData("/a/b")]
    [InlineData("/a/a")]
    public async Task Another_target_is_another_uri(string target)
    {
        await StoreAllAsync();
        await _host.SendAsync($"PUT {target}", new OriginAnswer(204, ""));
        await _host.AssertServedAsync("query", Query);
    }

    [Fact]
    public async Task A_query_neither_purges_nor_answers_a_get_nor_the_reverse()
    {
        await _host.SendAsync("GET /a", CacheHost.Fresh("get"));
        await _host.AssertForwardedAsync("QUERY /a");
        await _host.SendAsync("QUERY /a", CacheHost.Fresh("query"));
        await _host.AssertServedAsync("get", "GET /a");
        await _host.AssertServedAsync("query", "QUERY /a");

        await _host.SendAsync("QUERY /b", CacheHost.Fresh("query"));
        await _host.AssertForwardedAsync("GET /b");
        await _host.AssertForwardedAsync("HEAD /b");
    }

    [Theory]
    [InlineData("a.test", "a.test")]
    [InlineData("a.test", "A.TEST:443")]
    [InlineData("a.test:443", "a.test")]
    public async Task A_group_is_made_unusable_at_its_origin(string stored, string invalidating)
    {
        await _host.SendAsync(At("https", stored, "GET"), CacheHost.Fresh("old", "Cache-Groups: \"g\", \"h\""));
        await _host.SendAsync(At("https", "b.test", "GET"), CacheHost.Fresh("theirs", "Cache-Groups: \"g\""));
        await _host.SendAsync("GET /a", CacheHost.Fresh("get", "Cache-Groups: \"i\""));
        await _host.SendAsync(At("https", invalidating, "POST", "/c"), new OriginAnswer(200, "", "Cache-Group-Invalidation: \"h\""));
        await _host.AssertForwardedAsync(At("https", stored, "GET"));
        await _host.AssertServedAsync("theirs", At("https", "b.test", "GET"));
        await _host.AssertServedAsync("get", "GET /a");
    }

    [Theory, InlineData("g"), InlineData("h")]
    public async Task A_group_that_only_a_304_names_is_made_unusable_as_those_before_it(string group)
    {
        await _host.SendAsync(Query, CacheHost.Fresh("old", "ETag: \"1\"", "Cache-Groups: \"g\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        await _host.SendAsync(Query, new OriginAnswer(304, "", "ETag: \"1\"", "Cache-Control: max-age=60", "Cache-Groups: \"g\", \"h\""));
        await _host.AssertServedAsync("old", Query);
        await _host.SendAsync("POST /c", new OriginAnswer(200, "", $"Cache-Group-Invalidation: \"{group}\""));
        await _host.AssertForwardedAsync(Query);
    }

    [Fact]
    public async Task Eviction_by_uri_takes_all_of_it_and_what_is_on_its_way()
    {
        await StoreAllAsync();
        using var slow = await _host.BeginAsync("""QUERY /a {"q":3}""");
        await _host.Cache.EvictAsync(new("https://a.test/a#part"), TestContext.Current.CancellationToken);
        await CacheHost.FinishAsync(slow, CacheHost.Fresh("old"));
        await _host.AssertForwardedAsync("""QUERY /a {"q":3}""");
        await _host.AssertForwardedAsync("GET /a");
        await _host.AssertForwardedAsync(Query);
        await _host.AssertServedAsync("other", "GET /b");
    }

    [Fact]
    public async Task Eviction_by_tag_takes_what_has_the_tag_before_and_after_validation()
    {
        await _host.SendAsync("GET /a", CacheHost.Fresh("get", "ETag: \"1\"") with { Tags = ["t", "u"] });
        await _host.SendAsync("GET /b", CacheHost.Fresh("other") with { Tags = ["u"] });
        await _host.SendAsync("GET /c", CacheHost.Fresh("third") with { Tags = ["t"] });
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        var validated = await _host.SendAsync("GET /a", new OriginAnswer(304, "", "ETag: \"1\""));
        Assert.Equal("get", validated.Content);
        await _host.SendAsync("GET /b", CacheHost.Fresh("other") with { Tags = ["u"] });
        await _host.AssertServedAsync("get", "GET /a");

        await _host.Cache.EvictByTagAsync("t", TestContext.Current.CancellationToken);
        await _host.AssertForwardedAsync("GET /a");
        await _host.AssertForwardedAsync("GET /c");
        await _host.AssertServedAsync("other", "GET /b");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_an_unsafe_request_made_unusable_meanwhile_stands_in_for_no_error(bool isReached)
    {
        await _host.SendAsync(Query, new OriginAnswer(200, "old", "Cache-Control: max-age=60, stale-if-error=600", "ETag: \"1\""));
        _host.Time.Advance(TimeSpan.FromSeconds(61));
        using var transaction = await _host.BeginAsync(Query);
        Assert.Equal(CacheAction.Validate, transaction.Action);

        await _host.SendAsync("POST /a", new OriginAnswer(200, ""));
        if (isReached) Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(503, Message.Headers()));
        else Assert.False(await transaction.TryServeInsteadAsync());
    }

    private static CacheRequest At(string scheme, string authority, string method, string target = "/b") =>
        new() { Method = method, Scheme = scheme, Authority = authority, Target = target, Headers = Message.Headers(), Content = ReadOnlySequence<byte>.Empty };

    private async Task StoreAllAsync()
    {
        await _host.SendAsync("GET /a", CacheHost.Fresh("get", "Cache-Groups: \"g\""));
        await _host.SendAsync(Query, CacheHost.Fresh("query", "Cache-Groups: \"g\""));
        await _host.SendAsync("""QUERY /a {"q":2}""", CacheHost.Fresh("second"));
        await _host.SendAsync(CacheHost.Of("anna", CacheHost.Request("GET /a")), CacheHost.Fresh("anna's"));
        await _host.SendAsync("GET /b", CacheHost.Fresh("other"));
    }
}
