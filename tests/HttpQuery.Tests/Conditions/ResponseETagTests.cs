using HttpQuery.Tests.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Conditions;

/// <summary>Entity tags made of responses (RFC 10008 §2.6; RFC 9110 §8.8.3).</summary>
public class ResponseETagTests(CatalogueHosts hosts) : IClassFixture<CatalogueHosts>
{
    [Fact]
    public async Task A_response_gets_a_weak_tag_of_its_content() => await hosts.EachAsync(async host =>
    {
        var first = await host.QueryAsync("/tagged");
        Assert.Equal(200, first.Status);
        Assert.Matches("^W/\"[A-Za-z0-9_-]{22}\"$", first["ETag"]);
        Assert.StartsWith("[{\"number\":9111,\"title\":\"HTTP Caching\"}", first.ContentText, StringComparison.Ordinal);
        Assert.Equal(first["ETag"], (await host.QueryAsync("/tagged"))["ETag"]);

        var other = await host.SendAsync("QUERY", "/tagged", "{}", "Content-Type: application/json", $"If-None-Match: {first["ETag"]}");
        Assert.Equal(200, other.Status);
        Assert.NotEqual(first["ETag"], other["ETag"]);

        var again = await host.QueryAsync("/tagged", $"If-None-Match: {first["ETag"]}");
        Assert.Equal((304, first["ETag"], 0, null), (again.Status, again["ETag"], again.Content.Length, again["Content-Type"]));
        Assert.NotNull(again["Accept-Query"]);
        Assert.Equal(412, (await host.QueryAsync("/tagged", $"If-Match: {first["ETag"]}")).Status);
        Assert.Equal(200, (await host.QueryAsync("/tagged", "If-Match: *")).Status);
        Assert.Equal(400, (await host.SendAsync("QUERY", "/tagged", "{", "Content-Type: application/json", "If-None-Match: *")).Status);
    });

    [Theory]
    [InlineData(0, true)]
    [InlineData(CatalogueHost.MaximumResponseLength, true)]
    [InlineData(CatalogueHost.MaximumResponseLength + 1, false)]
    [InlineData(500_000, false)]
    public async Task Over_the_limit_a_response_is_sent_as_it_comes(int length, bool tagged) => await hosts.EachAsync(async host =>
    {
        var response = await host.SendAsync("QUERY", "/length", $$"""{"fromYear":{{length}}}""", "Content-Type: application/json", "Range: bytes=0-0");

        Assert.Equal(tagged, response["ETag"] is not null);
        Assert.Equal(tagged && length > 0 ? (206, 1) : (200, length), (response.Status, response.Content.Length));
    });

    [Fact]
    public async Task Only_a_200_of_the_handlers_is_tagged_and_its_own_tag_stays()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            var group = app.MapGroup("").WithETag();
            group.MapQuery("/missing", () => Results.NotFound("nothing"));
            group.MapQuery("/own", context =>
            {
                context.Response.Headers.ETag = "\"own\"";
                return context.Response.WriteAsync("x");
            });
            group.MapQuery("/empty", context => Task.CompletedTask);
            group.MapQuery("/thrown", Task (HttpContext context) => throw new InvalidOperationException("thrown"));
            group.MapQuery("/started", async context =>
            {
                await context.Response.StartAsync();
                await context.Response.WriteAsync("x");
                await context.Response.Body.FlushAsync();
                await context.Response.CompleteAsync();
            });
            group.MapQuery("/sync", context =>
            {
                context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                context.Response.Body.Write("x"u8);
                context.Response.Body.Flush();
                return Task.CompletedTask;
            });
            group.MapGet("/own", () => "got");
        });

        Assert.Equal((404, null), (await AskAsync("QUERY /missing") is var missing ? missing.Status : 0, missing["ETag"]));
        Assert.Equal("\"nothing\"", missing.ContentText);
        Assert.Equal("\"own\"", (await AskAsync("QUERY /own"))["ETag"]);
        Assert.Equal(304, (await AskAsync("QUERY /own", "If-None-Match: \"own\"")).Status);
        Assert.Equal((200, 0), (await AskAsync("QUERY /empty") is var empty ? empty.Status : 0, empty.Content.Length));
        Assert.NotNull(empty["ETag"]);
        Assert.Equal((500, null), (await AskAsync("QUERY /thrown") is var thrown ? thrown.Status : 0, thrown["ETag"]));
        Assert.Equal(("x", true), ((await AskAsync("QUERY /started") is var started ? started : null)!.ContentText, started["ETag"] is not null));
        Assert.Equal(("x", true), ((await AskAsync("QUERY /sync") is var sync ? sync : null)!.ContentText, sync["ETag"] is not null));
        Assert.Equal(("got", null), ((await AskAsync("GET /own") is var got ? got : null)!.ContentText, got["ETag"]));

        Task<RawResponse> AskAsync(string request, params string[] fields) => server.SendAsync(request, "text/plain", "?", fields);
    }

    [Fact]
    public async Task A_result_that_can_be_sent_in_parts_is_tagged_as_a_whole()
    {
        await using var server = await StartInPartsAsync();

        var whole = await AskAsync(server, "/bytes");
        Assert.Equal((200, "bytes"), (whole.Status, whole["Accept-Ranges"]));
        Assert.StartsWith("W/\"", whole["ETag"], StringComparison.Ordinal);
        foreach (var held in new[] { whole["ETag"], "*" })
        {
            var unchanged = await AskAsync(server, "/bytes", $"If-None-Match: {held}", "Range: bytes=0-1");
            Assert.Equal((304, whole["ETag"], 0), (unchanged.Status, unchanged["ETag"], unchanged.Content.Length));
        }

        var part = await AskAsync(server, "/bytes", "Range: bytes=0-1");
        Assert.Equal((206, whole["ETag"], "01"), (part.Status, part["ETag"], part.ContentText));
        Assert.Equal((416, null), (await AskAsync(server, "/bytes", "Range: bytes=99-") is var refused ? refused.Status : 0, refused["ETag"]));
    }

    [Theory]
    [InlineData("/bytes-tagged", "\"own\"")]
    [InlineData("/bytes-long", null)]
    public async Task A_result_that_is_not_tagged_here_is_sent_in_parts_by_itself(string path, string? tag)
    {
        await using var server = await StartInPartsAsync();

        var part = await AskAsync(server, path, "Range: bytes=0-1");
        Assert.Equal((206, tag, 2), (part.Status, part["ETag"], part.Content.Length));
        Assert.Equal(304, (await AskAsync(server, path, "If-None-Match: *")).Status);
    }

    [Fact]
    public async Task Server_sent_events_are_not_kept_back()
    {
        var first = new TaskCompletionSource();
        await using var server = await QueryServer.StartAsync(app => app.MapQuery("/events", () => TypedResults.ServerSentEvents(EventsAsync())).WithETag());

        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        using var request = new HttpRequestMessage(HttpMethod.Query, "/events") { Content = new StringContent("?") };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: 1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Null(response.Headers.ETag);
        first.SetResult();
        Assert.Contains("data: 2", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        async IAsyncEnumerable<string> EventsAsync()
        {
            yield return "1";
            await first.Task;
            yield return "2";
        }
    }

    private static Task<RawResponse> AskAsync(QueryServer server, string path, params string[] fields) => server.SendAsync($"QUERY {path}", "text/plain", "?", fields);

    private static Task<QueryServer> StartInPartsAsync() => QueryServer.StartAsync(
        app =>
        {
            var group = app.MapGroup("").WithETag();
            group.MapQuery("/bytes", () => QueryResults.Bytes(Catalogue.Digits, "text/plain"));
            group.MapQuery("/bytes-tagged", () => QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("own")));
            group.MapQuery("/bytes-long", () => QueryResults.Bytes(new byte[CatalogueHost.MaximumResponseLength + 1], "text/plain"));
        },
        builder => builder.Services.AddHttpQuery(options => options.MaximumBufferedResponseLength = CatalogueHost.MaximumResponseLength));
}
