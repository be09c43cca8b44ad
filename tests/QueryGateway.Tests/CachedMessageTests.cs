using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>What the cache in the gateway adds, and what cannot mislead it (RFC 9111 §5.1, RFC 9211).</summary>
public class CachedMessageTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task A_hit_has_Age_Cache_Status_and_the_Via_of_the_response(string method)
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=600\nVia: 1.1 fred\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin);

        var miss = await gateway.AskAsync(method, "/x");
        Assert.Equal("ok", miss.ContentText);
        Assert.StartsWith("QueryGateway; fwd=uri-miss", miss["Cache-Status"], StringComparison.Ordinal);
        Assert.Null(miss["Age"]);

        var hit = await gateway.AskAsync(method, "/x");
        Assert.Equal("ok", hit.ContentText);
        Assert.StartsWith("QueryGateway; hit", hit["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal("1.1 fred, 1.1 QueryGateway", hit["Via"]);
        Assert.NotNull(hit["Age"]);
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task A_response_with_Last_Modified_alone_is_stored_and_with_a_setting_it_is_not()
    {
        foreach (var (setting, requests) in new[] { ("true", 1), ("false", 2) })
        {
            await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nLast-Modified: Sun, 01 Jan 2023 00:00:00 GMT\nContent-Length: 2\n\nok");
            await using var gateway = await RunningGateway.StartAsync(origin, "--HttpQuery:Cache:AllowHeuristicFreshness", setting);
            for (var i = 0; i < 2; i++) Assert.Equal(200, (await gateway.QueryAsync("/x", "q")).Status);
            Assert.Equal(requests, origin.Count);
        }
    }

    [Fact]
    public async Task Without_a_cache_there_is_no_Cache_Status()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin, "--no-cache");
        for (var i = 0; i < 2; i++) Assert.Null((await gateway.QueryAsync("/x", "q"))["Cache-Status"]);
        Assert.Equal(2, origin.Count);
    }

    [Fact]
    public async Task A_field_that_ends_at_the_gateway_does_not_choose_what_is_stored()
    {
        await using var origin = Origin.Start(request =>
            $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nVary: X-Hop\nContent-Length: 2\n\n{request["X-Hop"] ?? "--"}");
        await using var gateway = await RunningGateway.StartAsync(origin);

        var both = await RawHttp.SendAsync(gateway.Port,
            "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: X-Hop\r\nX-Hop: de\r\n\r\nGET /y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Equal(200, both.Status);

        Assert.Equal("--", both.ContentText[..2]);
        Assert.Equal("de", (await gateway.SendAsync("GET /x", "X-Hop: de")).ContentText);
    }

    [Fact]
    public async Task The_absolute_form_finds_what_the_origin_form_has_stored()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin);

        await gateway.SendAsync("GET /x%2F?y");
        await gateway.SendAsync("GET http://localhost/x%2F?y");

        Assert.Equal(1, origin.Count);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task A_dead_origin_is_bridged_where_the_gateway_is_told_to(string method)
    {
        RunningGateway gateway;
        await using (var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=0\nETag: \"1\"\nContent-Length: 0\n\n"))
        {
            gateway = await RunningGateway.StartAsync(origin, "--HttpQuery:Cache:MaximumStaleWhenDisconnected", "01:00:00");
            Assert.Equal(200, (await gateway.AskAsync(method, "/x")).Status);
        }

        await using (gateway) Assert.Equal(200, (await gateway.AskAsync(method, "/x")).Status);
    }

    [Fact]
    public async Task An_unsafe_request_makes_unusable_what_is_stored_for_its_URI()
    {
        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 2\n\nok");
        await using var gateway = await RunningGateway.StartAsync(origin);

        foreach (var method in new[] { "GET", "QUERY", "QUERY", "POST", "GET", "QUERY", "QUERY" }) await gateway.AskAsync(method, "/x");

        Assert.Equal(5, origin.Count);
    }
}
