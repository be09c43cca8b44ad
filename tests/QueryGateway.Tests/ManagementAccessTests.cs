using System.Text.Json;
using QueryGateway.Management;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Who can reach the management address, and by what: not a web page in an operator's browser, and not another machine unless it is asked for twice.</summary>
public class ManagementAccessTests
{
    private const string Form = "Content-Type: application/x-www-form-urlencoded";

    // What is stored for /x stays, or is asked for again.
    private const string Purge = "uri=http%3A%2F%2Flocalhost%2Fx";

    [Theory]
    [InlineData("http://127.0.0.1:0", "127.0.0.1:{port}")]
    [InlineData("http://127.0.0.1:0", "localhost:{port}")]
    [InlineData("http://127.0.0.1:0", "LOCALHOST:{port}")]
    [InlineData("http://0x7f.1:0", "127.0.0.1:{port}")]
    public async Task The_address_itself_and_localhost_are_served(string address, string host)
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", address);
        Assert.Equal(200, (await gateway.ManageAsync("GET /metrics", [], host: host)).Status);
        Assert.Equal(204, (await gateway.ManageAsync("POST /purge", [Form], Purge, host)).Status);
    }

    [Theory]
    [InlineData("evil.test")]
    [InlineData("evil.test:{port}")]
    [InlineData("localhost.evil.test:{port}")]
    [InlineData("127.0.0.1.evil.test:{port}")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.2:{port}")]
    [InlineData("192.0.2.1:{port}")]
    [InlineData("[::1]:{port}")]
    [InlineData("")]
    public async Task Another_host_is_refused_for_everything(string host)
    {
        await using var origin = Counting();
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        Assert.Equal("1", (await gateway.SendAsync("GET /x")).ContentText);

        AssertProblem(421, await gateway.ManageAsync("GET /health", [], host: host));
        AssertProblem(421, await gateway.ManageAsync("GET /metrics", [], host: host));
        AssertProblem(421, await gateway.ManageAsync("GET /nothing", [], host: host));
        AssertProblem(421, await gateway.ManageAsync("POST /purge", [Form], Purge, host));
        Assert.Equal("1", (await gateway.SendAsync("GET /x")).ContentText);
    }

    [Fact]
    public async Task An_absolute_target_of_another_host_is_refused()
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        Assert.Equal(400, (await gateway.ManageAsync("GET http://evil.test:{port}/metrics", [])).Status);
        AssertProblem(421, await gateway.ManageAsync("GET http://evil.test:{port}/metrics", [], host: "evil.test:{port}"));
        Assert.Equal(200, (await gateway.ManageAsync("GET http://localhost:{port}/metrics", [])).Status);
    }

    [Fact]
    public async Task On_IPv6_the_host_has_brackets()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6) Requirement.Missing("This machine has no IPv6.");
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://[::1]:0");
        using var client = new HttpClient { BaseAddress = new($"http://[::1]:{gateway.ManagementPort}") };

        foreach (var (status, host) in new[] { (200, "[::1]"), (200, "localhost"), (421, "[::2]"), (421, "127.0.0.1"), (421, "evil.test") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            request.Headers.Host = $"{host}:{gateway.ManagementPort}";
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((status, host), ((int)response.StatusCode, host));
        }
    }

    // Requests that a page can send without asking first: a form in its three types.
    [Theory]
    [InlineData(403, "Origin: http://evil.test")]
    [InlineData(403, "Origin: null")]
    [InlineData(403, "Origin: http://localhost")]
    [InlineData(403, "Origin: http://localhost:1")]
    [InlineData(403, "Origin: https://localhost:{port}")]
    [InlineData(403, "Origin: http://127.0.0.1:{port}")]
    [InlineData(403, "Origin: http://localhost:{port}\r\nOrigin: http://evil.test")]
    [InlineData(403, "Origin:")]
    [InlineData(403, "Sec-Fetch-Site: cross-site")]
    [InlineData(403, "Sec-Fetch-Site: same-site")]
    [InlineData(403, "Sec-Fetch-Site: anything")]
    [InlineData(403, "Sec-Fetch-Site: cross-site\r\nOrigin: http://localhost:{port}")]
    [InlineData(403, "Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.test")]
    [InlineData(204, "Origin: http://localhost:{port}")]
    [InlineData(204, "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost:{port}")]
    [InlineData(204, "Sec-Fetch-Site: none")]
    [InlineData(204, "User-Agent: curl")]
    public async Task A_page_of_another_origin_purges_nothing(int status, string fields)
    {
        await using var origin = Counting();
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        Assert.Equal("1", (await gateway.SendAsync("GET /x")).ContentText);

        var response = await gateway.ManageAsync("POST /purge", [Form, .. fields.Split("\r\n")], Purge);

        Assert.Equal(status, response.Status);
        if (status != 204) AssertProblem(status, response);
        Assert.DoesNotContain(response.Fields, field => field.Name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(status == 204 ? "2" : "1", (await gateway.SendAsync("GET /x")).ContentText);
        if (status == 403) AssertProblem(403, await gateway.ManageAsync("POST /purge", ["Content-Type: text/plain", .. fields.Split("\r\n")], Purge));
    }

    [Fact]
    public async Task A_preflight_gets_no_leave()
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        var response = await gateway.ManageAsync("OPTIONS /purge", ["Origin: http://evil.test", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type"]);
        AssertProblem(403, response);
        Assert.DoesNotContain(response.Fields, field => field.Name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("http://example.com:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://192.168.1.5:0")]
    [InlineData("http://10.1.2.3:0")]
    [InlineData("http://[fe80::1]:0")]
    [InlineData("http://localhost.:0")]
    [InlineData("http://localhost.evil.test:0")]
    [InlineData("http://0:0")]
    public void A_public_address_is_to_be_asked_for_twice(string address)
    {
        var error = Assert.Throws<FormatException>(() => ManagementAddress.Parse(address, isPublic: false));
        Assert.Contains("--management-public", error.Message, StringComparison.Ordinal);
        Assert.False(ManagementAddress.Parse(address, isPublic: true).IsLoopback);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.1.2.3:0")]
    [InlineData("http://localhost:80")]
    [InlineData("http://LOCALHOST:80")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://loopback:80")]
    public void A_loopback_address_needs_no_further_switch(string address)
    {
        var parsed = ManagementAddress.Parse(address, isPublic: false);
        Assert.True(parsed.IsLoopback);

        // Kestrel would listen on all interfaces for another name.
        Assert.Matches("^http://(localhost|127[.][0-9.]+|\\[::1\\])(:0)?$", parsed.ListenUrl);
    }

    [Theory]
    [InlineData("http://*:0", "localhost:{port}", 200)]
    [InlineData("http://*:0", "127.0.0.1:{port}", 200)]
    [InlineData("http://+:0", "127.0.0.1:{port}", 200)]
    [InlineData("http://0.0.0.0:0", "127.0.0.1:{port}", 200)]
    [InlineData("http://0.0.0.0:0", "192.0.2.1:{port}", 421)]
    [InlineData("http://gateway.test:0", "gateway.test:{port}", 200)]
    [InlineData("http://gateway.test:0", "evil.test:{port}", 421)]
    [InlineData("http://*:0", "evil.test:{port}", 421)]
    public async Task A_public_address_is_as_strict_about_Host(string address, string host, int status)
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", address, "--management-public");
        Assert.Equal(status, (await gateway.ManageAsync("GET /health", [], host: host)).Status);
    }

    [Theory]
    [InlineData("GET /health", 200, null)]
    [InlineData("HEAD /health", 200, null)]
    [InlineData("POST /health", 405, "GET, HEAD")]
    [InlineData("OPTIONS /health", 405, "GET, HEAD")]
    [InlineData("GET /metrics", 200, null)]
    [InlineData("HEAD /metrics", 200, null)]
    [InlineData("DELETE /metrics", 405, "GET, HEAD")]
    [InlineData("TRACE /metrics", 405, "GET, HEAD")]
    [InlineData("QUERY /metrics", 405, "GET, HEAD")]
    [InlineData("GET /purge", 405, "POST")]
    [InlineData("HEAD /purge", 405, "POST")]
    [InlineData("PUT /purge", 405, "POST")]
    [InlineData("GET /", 404, null)]
    [InlineData("POST /", 404, null)]
    [InlineData("HEAD /x", 404, null)]
    [InlineData("GET /metrics/x", 404, null)]
    public async Task Each_path_has_its_methods(string requestLine, int status, string? allow)
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");

        var response = await gateway.ManageAsync(requestLine, []);

        Assert.Equal((status, allow), (response.Status, response["Allow"]));
        Assert.Equal(("no-store", "nosniff"), (response["Cache-Control"]!.Split(',')[0], response["X-Content-Type-Options"]));
        if (requestLine.StartsWith("HEAD ", StringComparison.Ordinal)) Assert.Empty(response.Content);
        else if (status >= 400) AssertProblem(status, response);
    }

    [Fact]
    public async Task Without_a_cache_there_is_nothing_to_purge()
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0", "--no-cache");
        var response = await gateway.ManageAsync("POST /purge", [Form], Purge);
        AssertProblem(404, response);
        Assert.Contains("nothing to purge", response.ContentText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 204)]
    [InlineData(1, 413)]
    public async Task What_is_purged_is_at_most_32_KiB_long(int more, int status)
    {
        await using var origin = Origin.Start(_ => "");
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        var content = "tag=" + new string('t', ManagementServer.MaximumContentLength - "tag=".Length + more);

        var response = await gateway.ManageAsync("POST /purge", [Form], content);

        Assert.Equal(32 * 1024 + more, content.Length);
        Assert.Equal(status, response.Status);
        if (status == 413) AssertProblem(413, response);

        // Of chunked content Kestrel counts the chunks' own lines as well.
        if (status == 204) return;
        var chunked = $"POST /purge HTTP/1.1\r\nHost: localhost:{gateway.ManagementPort}\r\nConnection: close\r\n{Form}\r\nTransfer-Encoding: chunked\r\n\r\n{content.Length:x}\r\n{content}\r\n0\r\n\r\n";
        Assert.Equal(status, (await RawHttp.SendAsync(gateway.ManagementPort, chunked)).Status);
    }

    [Fact]
    public async Task A_purge_works_while_the_gateway_stops()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = Origin.Start(async (_, stream) =>
        {
            await release.Task;
            await stream.WriteAsync(Origin.Octets("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"));
            return true;
        });
        await using var gateway = await RunningGateway.StartAsync(origin, "--management", "http://127.0.0.1:0");
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.App.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        var port = gateway.ManagementPort;
        var answer = gateway.QueryAsync("/x", "q");
        await origin.NextRequestAsync();
        var stopped = gateway.App.StopAsync(TestContext.Current.CancellationToken);
        await stopping.Task;

        Assert.Equal(204, (await gateway.ManageAsync("POST /purge", [Form], Purge)).Status);

        release.SetResult();
        Assert.Equal("ok", (await answer).ContentText);
        await stopped;
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => RawHttp.SendAsync(port, "GET /health", []));
    }

    // Each answer is the number of the request, and is stored.
    private static Origin Counting()
    {
        var count = 0;
        return Origin.Start(_ => $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 1\n\n{++count}");
    }

    private static void AssertProblem(int status, RawResponse response)
    {
        Assert.Equal(status, response.Status);
        Assert.Equal("application/problem+json", response["Content-Type"]);
        var problem = JsonDocument.Parse(response.Content).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
    }
}
