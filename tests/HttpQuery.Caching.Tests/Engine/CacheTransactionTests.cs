namespace HttpQuery.Caching.Tests.Engine;

/// <summary>RFC 9111 §3, §4.3, §5.2; RFC 5861; RFC 9211: one request after another through a cache.</summary>
public class CacheTransactionTests
{
    private const string Query = """QUERY /a {"q":1}""";

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
}
