#pragma warning disable xUnit1051
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Client.Tests.Fallback;

/// <summary>Every sign of a server that does not know QUERY, over every protocol.</summary>
public sealed class FallbackProtocolTests
{
    public static TheoryData<Protocol, string> Matrix =>
        [.. from protocol in Enum.GetValues<Protocol>() from sign in (string[])["405", "501", "400", "403", "close"] select (protocol, sign)];

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task The_query_is_sent_by_POST_and_the_next_one_at_once(Protocol protocol, string sign)
    {
        await using var server = await ProtocolServer.StartAsync(protocol, context => RespondAsync(context, sign));
        using var client = new HttpClient(new QueryFallbackHandler(new() { Paths = { { "/pods", "/pods/_search" } } }) { InnerHandler = ProtocolServer.CreateTransport() });
        for (var i = 0; i < 2; i++)
        {
            using var request = server.Query("/pods?limit=2", """{"label":"app=x"}""");
            using var response = await client.SendAsync(request);
            Assert.Equal(("done", "POST"), (await response.Content.ReadAsStringAsync(), response.GetQueryInfo().FallbackMethod?.Method));
        }

        var version = protocol is Protocol.Http1 ? "HTTP/1.1" : "HTTP/2";
        var query = $$"""{{version}} QUERY /pods?limit=2 {"label":"app=x"}""";
        var post = $$"""{{version}} POST /pods/_search?limit=2 {"label":"app=x"}""";

        // A closed connection may have been one of the pool, so QUERY is tried twice. A reset stream is no such connection.
        Assert.Equal(sign is "close" && protocol is Protocol.Http1 ? [query, query, post, post] : [query, post, post], server.Received);
    }

    private static Task RespondAsync(HttpContext context, string sign)
    {
        if (context.Request.Method is "POST") return context.Response.WriteAsync("done");
        if (sign is "close")
        {
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.StatusCode = int.Parse(sign, System.Globalization.CultureInfo.InvariantCulture);
        if (sign is "400" or "403") context.Response.Headers.Server = "CloudFront";
        return Task.CompletedTask;
    }
}
