using System.Net;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Client.Tests;

/// <summary><c>QueryFromJsonAsAsyncEnumerable</c>: it yields the elements of a JSON array while the server still writes.</summary>
public sealed class QueryFromJsonAsAsyncEnumerableTests
{
    private static readonly RfcQuery Question = new("HTTP", 40);

    private const string AnyUri = "http://localhost/rfcs";

    private const string First = """[{"number":9110,"title":"HTTP Semantics"}""";

    private const string Last = """,{"number":9112,"title":"HTTP/1.1"}]""";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_element_is_had_before_the_array_has_ended()
    {
        var firstSeen = new TaskCompletionSource();
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(First);
            await context.Response.Body.FlushAsync();
            await firstSeen.Task;
            await context.Response.WriteAsync(Last);
        });
        using var client = server.CreateClient();
        var rfcs = new List<Rfc?>();

        await foreach (var rfc in client.QueryFromJsonAsAsyncEnumerable<Rfc>("/rfcs", Wire.Sql(), Test))
        {
            rfcs.Add(rfc);
            firstSeen.TrySetResult();
        }

        Assert.Equal(Wire.BothRfcs, rfcs);
    }

    [Fact]
    public async Task Leaving_the_loop_early_ends_the_response()
    {
        var aborted = new TaskCompletionSource();
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            using var registration = context.RequestAborted.Register(aborted.SetResult);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(First);
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        using var client = server.CreateClient();

        await foreach (var rfc in client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>("/rfcs", Question, Test)) break;

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30), Test);
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_first_element_is_asked_for_and_each_enumeration_asks_anew()
    {
        await using var server = RawServer.Start(Wire.TwoRfcs, Wire.TwoRfcs);
        using var client = new HttpClient();

        var never = client.QueryFromJsonAsAsyncEnumerable<Rfc>(server.Uri("/never"), Wire.Sql(), Test);
        var twice = client.QueryFromJsonAsAsyncEnumerable(
            server.Uri("/twice"), Question, RfcJson.Default.RfcQuery, RfcJson.Default.Rfc, Test);

        Assert.Equal(Wire.BothRfcs, await twice.ToArrayAsync(Test));
        Assert.Equal(Wire.BothRfcs, await twice.ToArrayAsync(Test));
        const string Request =
            """
            QUERY /twice HTTP/1.1
            Host: localhost:{port}
            Transfer-Encoding: chunked
            Content-Type: application/json; charset=utf-8

            23
            {"title":"HTTP","minimum_pages":40}
            0


            """;
        Assert.Equal(Request, await server.NextRequestAsync());
        Assert.Equal(Request, await server.NextRequestAsync());
        Assert.NotNull(never);
    }

    [Fact]
    public async Task A_status_other_than_2xx_throws_when_enumerated()
    {
        await using var server = RawServer.Start("HTTP/1.1 422 Unprocessable Content\nContent-Length: 0\n\n");
        using var client = new HttpClient();
        var rfcs = client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(server.Uri("/rfcs"), Question, Test);

        var exception = await Assert.ThrowsAsync<QueryRequestException>(async () => await rfcs.FirstAsync(Test));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, exception.StatusCode);
    }

    [Fact]
    public void Misuse_is_thrown_by_the_call_not_by_the_enumeration()
    {
        using var client = new HttpClient();
        using var untyped = new ByteArrayContent([]);

        Assert.Throws<ArgumentNullException>(
            "client", () => HttpClientQueryJsonExtensions.QueryFromJsonAsAsyncEnumerable<Rfc>(null!, AnyUri, Wire.Sql(), Test));
        Assert.Throws<ArgumentNullException>("content", () => client.QueryFromJsonAsAsyncEnumerable<Rfc>(AnyUri, null!, Test));
        Assert.Throws<ArgumentException>("content", () => client.QueryFromJsonAsAsyncEnumerable<Rfc>(AnyUri, untyped, Test));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_ends_an_enumeration_by_the_token_of_the_call_or_that_of_the_loop(bool ofTheCall)
    {
        await using var server = RawServer.Start(
            "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 99\n\n[{\"number\":9110},");
        using var client = new HttpClient();
        using var canceled = new CancellationTokenSource();
        var rfcs = client.QueryFromJsonAsAsyncEnumerable<Rfc>(server.Uri("/rfcs"), Wire.Sql(), ofTheCall ? canceled.Token : Test);

        await using var enumerator = rfcs.GetAsyncEnumerator(ofTheCall ? Test : canceled.Token);
        Assert.True(await enumerator.MoveNextAsync());
        await canceled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await enumerator.MoveNextAsync());
    }

    [Fact]
    public async Task An_array_may_be_larger_than_the_buffer_limit_and_last_longer_than_the_timeout()
    {
        var secondSeen = new TaskCompletionSource();
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(First);
            await context.Response.Body.FlushAsync();
            await secondSeen.Task;
            await context.Response.WriteAsync(Last);
        });
        using var client = server.CreateClient();
        client.Timeout = TimeSpan.FromSeconds(2);
        client.MaxResponseContentBufferSize = 10;
        var rfcs = new List<Rfc?>();

        await foreach (var rfc in client.QueryFromJsonAsAsyncEnumerable<Rfc>("/rfcs", Wire.Sql(), Test))
        {
            rfcs.Add(rfc);
            if (rfcs.Count == 1) await Task.Delay(client.Timeout, Test);
            secondSeen.TrySetResult();
        }

        Assert.Equal(Wire.BothRfcs, rfcs);
    }
}
