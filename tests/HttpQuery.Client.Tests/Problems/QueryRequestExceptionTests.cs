using System.Net;
using System.Text;
using HttpQuery.Client.Tests.PrivateCache;
using HttpQuery.Client.Tests.Redirection;

namespace HttpQuery.Client.Tests.Problems;

/// <summary>What the <c>FromJson</c> methods throw: status, problem details (RFC 9457), accepted formats.</summary>
public sealed class QueryRequestExceptionTests
{
    private const string Problem = "Content-Type: application/problem+json";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_422_has_its_errors_and_all_other_members()
    {
        var exception = await ThrownByAsync(Origin.Response(
            "422 Unprocessable Content",
            """
            {"type":"https://api.test/invalid","title":"Invalid query","status":422,"detail":"limit is too large","instance":"/problems/1",
             "errors":{"limit":["at most 10","not negative"],"sort":[]},"line":1,"traceId":"00-ab"}
            """.ReplaceLineEndings(""),
            Problem + "; charset=utf-8"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, exception.StatusCode);
        var problem = exception.Problem!;
        Assert.Equal(
            ("https://api.test/invalid", "Invalid query", 422, "limit is too large", "/problems/1"),
            (problem.Type, problem.Title, problem.Status, problem.Detail, problem.Instance));
        Assert.Equal(["at most 10", "not negative"], problem.Errors["limit"]);
        Assert.Equal(["limit", "sort"], problem.Errors.Keys);
        Assert.Equal(["line", "traceId"], problem.Extensions.Keys);
        Assert.Equal(1, problem.Extensions["line"].GetInt32());
        Assert.Equal(
            "Response status code does not indicate success: 422 (Unprocessable Content). Invalid query limit is too large "
            + "limit: at most 10 not negative sort: ",
            exception.Message);
    }

    [Theory]
    [InlineData("Accept-Query: application/json, \"application/sql\";charset=\"UTF-8\"", "application/json|application/sql;charset=UTF-8")]
    [InlineData("Accept: application/json, application/sql;q=0.5", "application/json|application/sql; q=0.5")]
    [InlineData("Accept-Query: application/sql\nAccept: application/json", "application/sql")]
    [InlineData("Accept-Query: application/\nAccept: application/json", "application/json")]
    [InlineData("Accept-Query: text/*", "text/*")]
    [InlineData("X-None: 1", "")]
    public async Task A_415_lists_the_formats_that_the_server_accepts(string fields, string expected)
    {
        var exception = await ThrownByAsync(Origin.Response("415 Unsupported Media Type", "", fields));
        Assert.Equal(expected, string.Join('|', exception.AcceptedFormats));
        Assert.Equal(
            "Response status code does not indicate success: 415 (Unsupported Media Type)."
            + (expected.Length == 0 ? "" : $" The server accepts {string.Join(", ", exception.AcceptedFormats)}."),
            exception.Message);
        Assert.Null(exception.Problem);
    }

    [Theory]
    [InlineData(16, 100)]
    [InlineData(100, 0)]
    public async Task A_long_list_of_formats_is_cut_off_or_ignored(int kilobytes, int expected)
    {
        var list = string.Join(",", Enumerable.Range(0, (kilobytes * 1000) / 10).Select(i => $"a/b{i:00000}"));
        using var client = new HttpClient(new SocketsHttpHandler { MaxResponseHeadersLength = 128 });
        var exception = await ThrownByAsync(Origin.Response("415 Unsupported Media Type", "", "Accept-Query: " + list), client);
        Assert.Equal(expected, exception.AcceptedFormats.Count);
        Assert.True(exception.Message.Length < 2000);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"title\":")]
    [InlineData("<html>")]
    [InlineData("{\"title\":\"\\ud800\"}")]
    public async Task Malformed_details_leave_the_status(string body)
    {
        var exception = await ThrownByAsync(Origin.Response("400 Bad Request", body, Problem));
        Assert.Equal(HttpStatusCode.BadRequest, exception.StatusCode);
        Assert.Null(exception.Problem);
    }

    [Fact]
    public async Task Deeply_nested_details_leave_the_status()
    {
        var exception = await ThrownByAsync(Origin.Response("400 Bad Request", new string('[', 20_000), Problem));
        Assert.Null(exception.Problem);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Details_that_cannot_be_decompressed_leave_the_status(string coding)
    {
        await using var origin = Origin.Start(
            Origin.Response("422 Unprocessable Content", "not compressed", "Content-Encoding: " + coding, Problem));
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
        var exception = await Assert.ThrowsAsync<QueryRequestException>(
            () => client.QueryFromJsonAsync<int, int>(origin.Uri("/rfcs"), 1, TestContext.Current.CancellationToken));
        Assert.Equal((HttpStatusCode.UnprocessableContent, null), (exception.StatusCode, exception.Problem));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    public async Task A_body_of_another_media_type_is_not_read(string mediaType)
    {
        var exception = await ThrownByAsync(Origin.Response("400 Bad Request", "{\"title\":\"no problem\"}", "Content-Type: " + mediaType));
        Assert.Null(exception.Problem);
        Assert.DoesNotContain("no problem", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_of_the_wrong_type_are_ignored_or_kept_as_they_are()
    {
        var exception = await ThrownByAsync(Origin.Response(
            "400 Bad Request", """{"title":1,"detail":null,"status":"400","errors":[{"detail":"x","pointer":"#/a"}],"a":"b"}""", Problem));
        var problem = exception.Problem!;
        Assert.Equal((null, null, null), (problem.Title, problem.Detail, problem.Status));
        Assert.Empty(problem.Errors);
        Assert.Equal(["errors", "a"], problem.Extensions.Keys);
    }

    [Theory]
    [InlineData(64 * 1024, false, true)]
    [InlineData((64 * 1024) + 1, false, false)]
    [InlineData(64 * 1024, true, true)]
    [InlineData((64 * 1024) + 1, true, false)]
    [InlineData(10_000_000, false, false)]
    [InlineData(10_000_000, true, false)]
    public async Task Details_longer_than_64_KiB_are_not_read_and_the_client_works_afterwards(int length, bool isChunked, bool isRead)
    {
        var body = $$"""{"title":"{{new string('x', length - 12)}}"}""";
        Assert.Equal(length, body.Length);
        var response = isChunked
            ? $"HTTP/1.1 400 Bad Request\n{Problem}\nTransfer-Encoding: chunked\n\n{length:x}\n{body}\n0\n\n"
            : Origin.Response("400 Bad Request", body, Problem);
        using var client = new HttpClient();
        var exception = await ThrownByAsync(response, client);
        Assert.Equal(isRead, exception.Problem is not null);
        Assert.True(exception.Message.Length < 2000);

        await using var server = RawServer.Start(Wire.TwoRfcs);
        Assert.Equal(Wire.BothRfcs, await client.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), Test));
    }

    [Fact]
    public async Task Texts_of_the_server_stay_on_one_line()
    {
        var exception = await ThrownByAsync(Origin.Response("400 Bad Request", """{"title":"one\nforged line\u001b[31m"}""", Problem));
        Assert.EndsWith("one forged line [31m", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_that_do_not_arrive_end_with_the_timeout_and_leave_the_status()
    {
        await using var server = RawServer.Start("HTTP/1.1 400 Bad Request\nContent-Type: application/problem+json\nContent-Length: 50\n\n{");
        using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) };
        var exception = await Assert.ThrowsAsync<QueryRequestException>(() => client.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), Test));
        Assert.Equal((HttpStatusCode.BadRequest, null), (exception.StatusCode, exception.Problem));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_that_leaves_while_details_arrive_gets_a_cancellation(bool isSequence)
    {
        await using var server = RawServer.Start("HTTP/1.1 400 Bad Request\nContent-Type: application/problem+json\nContent-Length: 50\n\n{");
        using var leaving = new CancellationTokenSource();
        using var client = new HttpClient(new Watching(leaving) { InnerHandler = new SocketsHttpHandler() });
        var canceled = await Assert.ThrowsAsync<TaskCanceledException>(() => isSequence
            ? client.QueryFromJsonAsAsyncEnumerable<Rfc>(server.Uri("/rfcs"), Wire.Sql(), leaving.Token).ToListAsync(leaving.Token).AsTask()
            : client.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), leaving.Token));
        Assert.Equal(leaving.Token, canceled.CancellationToken);
    }

    [Fact]
    public async Task A_sequence_throws_with_the_details_when_it_is_enumerated()
    {
        await using var server = RawServer.Start("HTTP/1.1 400 Bad Request\nContent-Type: application/problem+json\nContent-Length: 15\n\n{\"title\":\"bad\"}");
        using var client = new HttpClient();
        var rfcs = client.QueryFromJsonAsAsyncEnumerable<Rfc>(server.Uri("/rfcs"), Wire.Sql(), Test);
        var exception = await Assert.ThrowsAsync<QueryRequestException>(async () => await rfcs.ToListAsync(Test));
        Assert.Equal("bad", exception.Problem!.Title);
    }

    [Fact]
    public async Task A_redirect_that_was_not_followed_says_why()
    {
        await using var origin = Origin.Start(Redirects.To("http://other.test/b"));
        using var client = Redirects.CreateClient();
        var exception = await Assert.ThrowsAsync<QueryRequestException>(() => client.QueryFromJsonAsync<Rfc[]>(origin.Uri("/a"), Wire.Sql(), Test));
        Assert.Equal((HttpStatusCode.TemporaryRedirect, QueryRedirectRefusal.ContentToOtherOrigin), (exception.StatusCode, exception.Info.RedirectRefusal));
        Assert.Contains("set QueryRedirectOptions.AllowContentToOtherOrigins", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_returns_a_response_returns_it_with_its_details()
    {
        await using var origin = Origin.Start(Origin.Response("422 Unprocessable Content", "{\"title\":\"bad\"}", Problem));
        using var client = Redirects.CreateClient();
        using var response = await client.QueryAsJsonAsync(origin.Uri("/a"), new { }, Test);
        Assert.Equal("{\"title\":\"bad\"}", await response.Content.ReadAsStringAsync(Test));
    }

    private static async Task<QueryRequestException> ThrownByAsync(string response, HttpClient? client = null)
    {
        await using var origin = Origin.Start(response);
        using var own = client is null ? new HttpClient() : null;
        return await Assert.ThrowsAsync<QueryRequestException>(
            () => (client ?? own)!.QueryFromJsonAsync<Rfc[]>(origin.Uri("/rfcs"), Wire.Sql(), Test));
    }

    // Cancels when the headers have come and the body is read.
    private sealed class Watching(CancellationTokenSource leaving) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var content = new StreamContent(new Leaving(await response.Content.ReadAsStreamAsync(cancellationToken), leaving));
            content.Headers.ContentType = response.Content.Headers.ContentType;
            response.Content = content;
            return response;
        }
    }

    private sealed class Leaving(Stream inner, CancellationTokenSource leaving) : MemoryStream(Encoding.ASCII.GetBytes("unused"))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await leaving.CancelAsync();
            return await inner.ReadAsync(buffer, cancellationToken);
        }
    }
}
