using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>The target goes to the origin octet by octet (RFC 9110 §7.7).</summary>
public class TargetTests
{
    private const string Ok = "HTTP/1.1 200 OK\nContent-Length: 0\n\n";

    [Theory]
    [InlineData("/")]
    [InlineData("/a%2Fb")]
    [InlineData("/a%252Fb")]
    [InlineData("/a/../b")]
    [InlineData("/a/./b")]
    [InlineData("/%2e%2e/b")]
    [InlineData("//x")]
    [InlineData("///")]
    [InlineData("/?")]
    [InlineData("/x?")]
    [InlineData("/x??a=?")]
    [InlineData("/?a=%00")]
    [InlineData("/caf%C3%A9/%e2%82%ac")]
    [InlineData("/%FF")]
    [InlineData("/a;b=c,d")]
    [InlineData("/a.")]
    [InlineData("/a./b..")]
    [InlineData("/%41%7e~")]
    [InlineData("/x?a=1+2&b=%20&a=%2B")]
    [InlineData("/x?u=http://a/b/../c")]
    [InlineData("/[]{}|^'\"<>")]
    public async Task It_comes_as_it_was_sent(string target)
    {
        await using var origin = Origin.Start(_ => Ok);
        foreach (var cache in new[] { "--no-cache=false", "--no-cache" })
        {
            await using var gateway = await RunningGateway.StartAsync(origin, cache);
            foreach (var method in new[] { "GET", "QUERY", "POST", "FROB" })
            {
                var response = await gateway.AskAsync(method, target);
                Assert.Equal(200, response.Status);
                Assert.Equal($"{method} {target} HTTP/1.1", (await origin.NextRequestAsync()).RequestLine);
            }
        }
    }

    [Theory]
    [InlineData("http://example.com", "/")]
    [InlineData("http://example.com/", "/")]
    [InlineData("http://example.com?a=b", "/?a=b")]
    [InlineData("http://example.com/a%2Fb/../c?d", "/a%2Fb/../c?d")]
    [InlineData("https://example.com/a", "/a")]
    [InlineData("http://example.com//x?u=a://b", "//x?u=a://b")]
    public async Task The_absolute_form_becomes_that_of_an_origin(string target, string forwarded)
    {
        await using var origin = Origin.Start(_ => Ok);
        await using var gateway = await RunningGateway.StartAsync(origin);

        var response = await RawHttp.SendAsync(gateway.Port, $"GET {target}", [], host: "example.com");

        Assert.Equal(200, response.Status);
        var request = await origin.NextRequestAsync();
        Assert.Equal($"GET {forwarded} HTTP/1.1", request.RequestLine);
        Assert.Equal("example.com", request["Host"]);
    }

    [Theory]
    [InlineData("OPTIONS *", 204)]
    [InlineData("OPTIONS http://localhost", 204)]
    [InlineData("OPTIONS /a", 204, "Max-Forwards: 0")]
    [InlineData("TRACE /a", 501, "Max-Forwards: 0")]
    [InlineData("CONNECT example.com:443", 501)]
    public async Task What_is_not_to_be_forwarded_is_answered(string requestLine, int status, params string[] fields)
    {
        await using var origin = Origin.Start(_ => Ok);
        await using var gateway = await RunningGateway.StartAsync(origin);

        var response = await RawHttp.SendAsync(gateway.Port, requestLine, fields, host: requestLine.StartsWith("CONNECT", StringComparison.Ordinal) ? "example.com:443" : "localhost");

        Assert.Equal(status, response.Status);
        Assert.Equal(0, origin.Count);
    }

    [Fact]
    public async Task Max_Forwards_counts_down()
    {
        await using var origin = Origin.Start(_ => Ok);
        await using var gateway = await RunningGateway.StartAsync(origin);

        Assert.Equal(200, (await gateway.SendAsync("OPTIONS /a", "Max-Forwards: 3")).Status);

        Assert.Equal("2", (await origin.NextRequestAsync())["Max-Forwards"]);
    }
}
