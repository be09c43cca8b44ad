using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>An origin that is dead, slow, or dies while it answers (RFC 9110 §15.6.3, §15.6.5; RFC 9111 §3.3, §4.2.4).</summary>
public class FailureTests
{
    [Theory]
    [InlineData("GET", "--no-cache")]
    [InlineData("QUERY", "--no-cache")]
    [InlineData("POST", "--no-cache")]
    [InlineData("GET", "--no-cache=false")]
    [InlineData("QUERY", "--no-cache=false")]
    [InlineData("POST", "--no-cache=false")]
    public async Task A_dead_origin_is_502(string method, string cache)
    {
        await using var gateway = await RunningGateway.StartAsync($"http://127.0.0.1:{DeadPort()}", null, cache);
        AssertProblem(502, await gateway.AskAsync(method, "/x"));
    }

    [Theory]
    [InlineData("GET", "--no-cache")]
    [InlineData("QUERY", "--no-cache")]
    [InlineData("GET", "--no-cache=false")]
    [InlineData("QUERY", "--no-cache=false")]
    public async Task An_origin_that_closes_without_an_answer_is_502(string method, string cache)
    {
        await using var origin = Origin.Start((_, _) => Task.FromResult(false));
        await using var gateway = await RunningGateway.StartAsync(origin, cache);
        AssertProblem(502, await gateway.AskAsync(method, "/x"));
    }

    [Theory]
    [InlineData("GET", "--no-cache")]
    [InlineData("QUERY", "--no-cache")]
    [InlineData("GET", "--no-cache=false")]
    [InlineData("QUERY", "--no-cache=false")]
    public async Task An_origin_that_does_not_answer_is_504(string method, string cache)
    {
        await using var origin = Origin.Start((_, _) => Task.FromResult(true));
        await using var gateway = await RunningGateway.StartAsync(origin, cache, "--activity-timeout", "00:00:00.3");
        AssertProblem(504, await gateway.AskAsync(method, "/x"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task An_answer_that_is_no_HTTP_is_502(string method)
    {
        await using var origin = Origin.Start(_ => "SMTP/1.1 200 OK\n\n");
        await using var gateway = await RunningGateway.StartAsync(origin);
        AssertProblem(502, await gateway.AskAsync(method, "/x"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task A_dead_origin_is_bridged_where_the_stored_response_allows_it(string method)
    {
        RunningGateway gateway;
        await using (var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=0, stale-if-error=600\nETag: \"1\"\nContent-Length: 2\n\nok"))
        {
            gateway = await RunningGateway.StartAsync(origin);
            Assert.Equal(200, (await gateway.AskAsync(method, "/x")).Status);
        }

        await using (gateway)
        {
            var response = await gateway.AskAsync(method, "/x");
            Assert.Equal(200, response.Status);
            Assert.Equal("ok", response.ContentText);
            Assert.NotNull(response["Age"]);
            AssertProblem(502, await gateway.AskAsync(method, "/y"));
        }
    }

    [Theory]
    [InlineData("GET", "Content-Length: 1000\n\nhalf[close]", "--no-cache")]
    [InlineData("QUERY", "Content-Length: 1000\n\nhalf[close]", "--no-cache")]
    [InlineData("GET", "Transfer-Encoding: chunked\n\n4\nhalf\n[close]", "--no-cache")]
    [InlineData("QUERY", "Transfer-Encoding: chunked\n\n4\nhalf\n[close]", "--no-cache")]
    [InlineData("GET", "Content-Length: 1000\n\nhalf[close]", "--no-cache=false")]
    [InlineData("QUERY", "Content-Length: 1000\n\nhalf[close]", "--no-cache=false")]
    [InlineData("GET", "Transfer-Encoding: chunked\n\n4\nhalf\n[close]", "--no-cache=false")]
    [InlineData("QUERY", "Transfer-Encoding: chunked\n\n4\nhalf\n[close]", "--no-cache=false")]
    public async Task An_origin_that_dies_in_the_middle_is_seen_to_and_nothing_is_stored(string method, string rest, string cache)
    {
        await using var origin = Origin.Start($"HTTP/1.1 200 OK\nCache-Control: max-age=600\n{rest}", "HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 5\n\nwhole");
        await using var gateway = await RunningGateway.StartAsync(origin, cache);

        Assert.True(await IsCutOffAsync(() => gateway.AskAsync(method, "/x")));

        Assert.Equal("whole", (await gateway.AskAsync(method, "/x")).ContentText);
        Assert.Equal(2, origin.Count);
    }

    [Theory]
    [InlineData("--no-cache")]
    [InlineData("--no-cache=false")]
    public async Task Over_HTTP_2_the_stream_is_reset(string cache)
    {
        await using var origin = Origin.Start("HTTP/1.1 200 OK\nCache-Control: max-age=600\nTransfer-Encoding: chunked\n\n4\nhalf\n[close]");
        await using var gateway = await RunningGateway.StartAsync(origin, cache, "--h2c", "http://127.0.0.1:0");
        using var client = gateway.Client(http2: true);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync(new Uri("/x", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    // Neither an error in the place of the response, nor a whole one: where the head has gone out, the connection ends early.
    private static async Task<bool> IsCutOffAsync(Func<Task<RawResponse>> ask)
    {
        try
        {
            var response = await ask();
            return response.Status == 502 || (response["Content-Length"] is "1000" && response.Content.Length < 1000);
        }
        catch (InvalidDataException)
        {
            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static void AssertProblem(int status, RawResponse response)
    {
        Assert.Equal(status, response.Status);
        Assert.Equal("application/problem+json", response["Content-Type"]);
        Assert.Equal(status, JsonDocument.Parse(response.Content).RootElement.GetProperty("status").GetInt32());
    }

    private static int DeadPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
