using System.Text;
using System.Text.Json;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Every byte in every place of a request line: either the origin receives exactly what was sent, or nothing (RFC 9112 §3.2; RFC 9113 §8.3.1, §10.3).</summary>
public sealed class TargetTableTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    public static TheoryData<bool, string> Places => new()
    {
        { false, "{0}a" }, { false, "/{0}a" }, { false, "/a{0}b?c" }, { false, "/a?b{0}c" }, { false, "/a{0}" },
        { true, "{0}a" }, { true, "/{0}a" }, { true, "/a{0}b?c" }, { true, "/a?b{0}c" }, { true, "/a{0}" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Each_byte_in_a_target_comes_as_it_was_sent_or_nothing_comes(bool isHttp2, string format)
    {
        var forwarded = new StringBuilder();
        for (var value = 0; value < 256; value++)
        {
            var letter = (char)value;
            var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, letter);
            var before = fixture.Origin.Count;
            var status = await StatusAsync(isHttp2, fixture.Caching, "GET", target);
            if (status is 200)
            {
                // A space at the end of an HTTP/1.1 target is one of two that end it (RFC 9112 §3).
                Assert.Equal($"GET {(isHttp2 ? target : target.TrimEnd(' '))} HTTP/1.1", (await fixture.Origin.NextRequestAsync()).RequestLine);
                if (letter is not ' ' || isHttp2) forwarded.Append(letter);
            }
            else
            {
                // Kestrel takes what begins otherwise for the authority of a CONNECT.
                Assert.True(status is 400 or 405 or null, $"0x{value:X2}: {status}");
                Assert.True(fixture.Origin.Count == before, $"0x{value:X2} reached the origin");
            }
        }
        await fixture.AssertNothingReceivedAsync(fixture.Caching);

        var visible = Enumerable.Range('!', '~' - '!' + 1).Select(value => (char)value).Where(letter => letter is not '#');
        var expected = format.StartsWith('/') ? visible : "/";
        Assert.Equal(expected.Order(), forwarded.ToString().Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_byte_in_a_method_comes_as_it_was_sent_or_nothing_comes(bool isHttp2)
    {
        var forwarded = new StringBuilder();
        foreach (var format in (string[])["{0}X", "X{0}X", "X{0}"])
        {
            for (var value = 0; value < 256; value++)
            {
                var method = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, (char)value);
                var before = fixture.Origin.Count;
                var status = await StatusAsync(isHttp2, fixture.Caching, method, "/m");
                if (status is 200)
                {
                    // Kestrel takes empty lines before a request for none (RFC 9112 §2.2).
                    var line = (await fixture.Origin.NextRequestAsync()).RequestLine;
                    Assert.Equal($"{method.TrimStart('\r', '\n')} /m HTTP/1.1", line);
                    if (method.Length == line.Length - " /m HTTP/1.1".Length) forwarded.Append((char)value);
                }
                else
                {
                    Assert.True(status is 400 or null, $"0x{value:X2}: {status}");
                    Assert.True(fixture.Origin.Count == before, $"0x{value:X2} reached the origin");
                }
            }
        }
        await fixture.AssertNothingReceivedAsync(fixture.Caching);
        const string Token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        Assert.Equal((Token + Token + Token).Order(), forwarded.ToString().Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_byte_in_an_authority_comes_as_it_was_sent_or_nothing_comes(bool isHttp2)
    {
        var forwarded = new StringBuilder();
        foreach (var format in (string[])["{0}a", "a{0}b", "a{0}", "a:8{0}", "[::1{0}]", "[::1]{0}"])
        {
            for (var value = 0; value < 256; value++)
            {
                var host = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, (char)value);
                var before = fixture.Origin.Count;
                var status = await StatusAsync(isHttp2, fixture.Caching, "GET", "/h", host);
                if (status is 200)
                {
                    var lines = (await fixture.Origin.NextRequestAsync()).Head.Split('\n').Where(line => line.StartsWith("Host", StringComparison.OrdinalIgnoreCase));

                    // White space around a value is no part of it, and a line may end with LF alone (RFC 9112 §2.2, §5.1).
                    Assert.Equal($"Host: {(isHttp2 ? host : host.Trim(' ', '\t', '\r', '\n'))}", Assert.Single(lines));
                    if (format is "a{0}b") forwarded.Append((char)value);
                }
                else
                {
                    Assert.True(status is 400 or null, $"0x{value:X2}: {status}");
                    Assert.True(fixture.Origin.Count == before, $"0x{value:X2} reached the origin");
                }
            }
        }
        await fixture.AssertNothingReceivedAsync(fixture.Caching);
        Assert.Equal("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".Order(), forwarded.ToString().Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_gets_what_lay_in_the_buffer_of_the_connection(bool isCaching)
    {
        var gateway = isCaching ? fixture.Caching : fixture.Forwarding;
        Assert.Equal(200, (await gateway.SendAsync("GET /me", "Authorization: Bearer secret", "Cookie: session=secret")).Status);
        Assert.Equal("Bearer secret", (await fixture.Origin.NextRequestAsync())["Authorization"]);
        var before = fixture.Origin.Count;

        var response = await Http2Client.GetAsync(gateway.H2cPort, "/me\u00E4" + new string('A', 110));

        Assert.Equal(400, response.Status);
        Assert.Equal("application/problem+json", response["content-type"]);
        Assert.Equal(400, JsonDocument.Parse(response.Content).RootElement.GetProperty("status").GetInt32());
        Assert.Equal(before, fixture.Origin.Count);
        await fixture.AssertNothingReceivedAsync(gateway);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("*")]
    [InlineData("/\u00E4")]
    [InlineData("/\u20AC")]
    [InlineData("/ ")]
    [InlineData("/a\r\nb")]
    [InlineData("/a#b")]
    [InlineData("/\u007F")]
    public void The_way_to_a_URI_is_closed_by_itself(string target) =>
        Assert.Throws<ArgumentException>(() => Forwarding.OriginTransformer.OriginUri("http://127.0.0.1:1", target));

    private static async Task<int?> StatusAsync(bool isHttp2, RunningGateway gateway, string method, string target, string host = "localhost")
    {
        if (isHttp2) return (await Http2Client.SendAsync(gateway.H2cPort, [(":method", method), (":scheme", "http"), (":authority", host), (":path", target)])) is { IsReset: false } response ? response.Status : null;
        try
        {
            return (await RawHttp.SendAsync(gateway.Port, $"{method} {target}", [], host: host)).Status;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
