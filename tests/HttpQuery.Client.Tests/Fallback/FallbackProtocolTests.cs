#pragma warning disable xUnit1051
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Client.Tests.Fallback;

/// <summary>Every sign of a server that does not know QUERY, over every protocol.</summary>
public sealed class FallbackProtocolTests
{
    private readonly ConcurrentQueue<string> _received = new();

    public static TheoryData<ProtocolKind, string> Matrix =>
    [
        .. from kind in Enum.GetValues<ProtocolKind>()
           from sign in (string[])["405", "501", "400", "403", "close"]
           select (kind, sign),
    ];

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task The_query_is_sent_by_POST_and_the_next_one_at_once(ProtocolKind kind, string sign)
    {
        await using var server = await Protocol.StartAsync(kind, app => app.Run(context => RespondAsync(context, sign)));
        var options = new QueryFallbackOptions { Paths = { { "/pods", "/pods/_search" } } };
        using var client = new HttpClient(new QueryFallbackHandler(options) { InnerHandler = Protocol.CreateHandler() });
        for (var i = 0; i < 2; i++)
        {
            var content = Wire.Content("application/json", """{"label":"app=x"}""");
            using var request = Protocol.CreateRequest(kind, HttpMethod.Query, new(server.BaseAddress, "/pods?limit=2"), content);
            using var response = await client.SendAsync(request);
            Assert.Equal(("done", "POST"), (await response.Content.ReadAsStringAsync(), response.GetQueryInfo().FallbackMethod?.Method));
        }

        var version = kind is ProtocolKind.Http11 ? "HTTP/1.1" : "HTTP/2";
        var query = $$"""{{version}} QUERY /pods?limit=2 {"label":"app=x"}""";
        var post = $$"""{{version}} POST /pods/_search?limit=2 {"label":"app=x"}""";

        // A closed connection may have been one of the pool, so QUERY is tried twice. A reset stream is no such connection.
        Assert.Equal(sign is "close" && kind is ProtocolKind.Http11 ? [query, query, post, post] : [query, post, post], _received);
    }

    private async Task RespondAsync(HttpContext context, string sign)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        _received.Enqueue($"{request.Protocol} {request.Method} {request.Path}{request.QueryString} {await reader.ReadToEndAsync()}");
        if (sign is "400" or "403") context.Response.Headers.Server = "CloudFront";
        if (request.Method is "POST") await context.Response.WriteAsync("done");
        else if (sign is "close") context.Abort();
        else context.Response.StatusCode = int.Parse(sign, CultureInfo.InvariantCulture);
    }
}
