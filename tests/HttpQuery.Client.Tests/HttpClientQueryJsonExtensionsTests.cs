using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HttpQuery.Client.Tests;

/// <summary><c>QueryAsJsonAsync</c> and <c>QueryFromJsonAsync</c>: RFC 10008 §2 and §2.1, read and written as JSON.</summary>
public sealed class HttpClientQueryJsonExtensionsTests
{
    private static readonly RfcQuery Question = new("HTTP", 40);

    private const string AnyUri = "http://localhost/rfcs";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_is_sent_as_application_json_under_the_web_defaults()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient();

        using var response = await client.QueryAsJsonAsync(server.Uri("/rfcs"), Question, Test);

        Assert.Equal(
            """
            QUERY /rfcs HTTP/1.1
            Host: localhost:{port}
            Transfer-Encoding: chunked
            Content-Type: application/json; charset=utf-8

            22
            {"title":"HTTP","minimumPages":40}
            0


            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public async Task Options_of_the_caller_shape_the_content()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient();
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower };

        using var response = await client.QueryAsJsonAsync(server.Uri("/rfcs"), Question, options, Test);

        Assert.Contains("{\"title\":\"HTTP\",\"minimum-pages\":40}", await server.NextRequestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_generated_contract_shapes_the_content()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient();

        using var response = await client.QueryAsJsonAsync(server.Uri("/rfcs"), Question, RfcJson.Default.RfcQuery, Test);

        Assert.Equal(
            """
            QUERY /rfcs HTTP/1.1
            Host: localhost:{port}
            Transfer-Encoding: chunked
            Content-Type: application/json; charset=utf-8

            23
            {"title":"HTTP","minimum_pages":40}
            0


            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public async Task A_null_value_is_sent_as_the_JSON_null()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient();

        using var response = await client.QueryAsJsonAsync<RfcQuery?>(server.Uri("/rfcs"), null, Test);

        Assert.EndsWith("\n\n4\nnull\n0\n\n", await server.NextRequestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_is_read_under_the_web_defaults()
    {
        await using var server = RawServer.Start(Wire.TwoRfcs);
        using var client = new HttpClient();

        var rfcs = await client.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), Test);

        Assert.Equal(Wire.BothRfcs, rfcs);
        Assert.Equal(
            """
            QUERY /rfcs HTTP/1.1
            Host: localhost:{port}
            Content-Type: application/sql
            Content-Length: 18

            select * from rfcs
            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public async Task A_value_goes_out_and_a_value_comes_back_through_source_generated_contracts()
    {
        await using var server = RawServer.Start(Wire.TwoRfcs);
        using var client = new HttpClient();

        var rfcs = await client.QueryFromJsonAsync(
            server.Uri("/rfcs"), Question, RfcJson.Default.RfcQuery, RfcJson.Default.RfcArray, Test);

        Assert.Equal(Wire.BothRfcs, rfcs);
        Assert.EndsWith(
            "\n\n23\n{\"title\":\"HTTP\",\"minimum_pages\":40}\n0\n\n", await server.NextRequestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_JSON_null_is_read_as_null()
    {
        await using var server = RawServer.Start("HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 4\n\nnull");
        using var client = new HttpClient();

        Assert.Null(await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(server.Uri("/rfcs"), Question, Test));
    }

    [Fact]
    public async Task The_charset_of_a_response_decides_how_it_is_read()
    {
        // "Gößner" in ISO-8859-1. The raw server writes each char as one byte.
        await using var server = RawServer.Start(
            """
            HTTP/1.1 200 OK
            Content-Type: application/json; charset=iso-8859-1
            Content-Length: 32

            {"number":9535,"title":"Gößner"}
            """);
        using var client = new HttpClient();

        Assert.Equal(new Rfc(9535, "Gößner"), await client.QueryFromJsonAsync<Rfc>(server.Uri("/rfcs/9535"), Wire.Sql(), Test));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(415)]
    [InlineData(422)]
    [InlineData(500)]
    [InlineData(304)]
    public async Task A_status_other_than_2xx_throws_and_names_it(int status)
    {
        await using var server = RawServer.Start($"HTTP/1.1 {status} Other\nContent-Type: application/json\nContent-Length: 0\n\n");
        using var client = new HttpClient();

        var exception = await Assert.ThrowsAsync<QueryRequestException>(
            () => client.QueryFromJsonAsync<RfcQuery, Rfc[]>(server.Uri("/rfcs"), Question, Test));

        Assert.Equal((HttpStatusCode)status, exception.StatusCode);
    }

    [Fact]
    public async Task A_response_that_is_not_JSON_throws()
    {
        await using var server = RawServer.Start("HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 2\n\n[{");
        using var client = new HttpClient();

        await Assert.ThrowsAsync<JsonException>(() => client.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), Test));
    }

    [Fact]
    public void Misuse_is_thrown_by_the_call_itself_not_by_its_task()
    {
        using var client = new HttpClient();
        using var untyped = new ByteArrayContent([]);

        Assert.Equal("client", ParamName(() => HttpClientQueryJsonExtensions.QueryFromJsonAsync<Rfc>(null!, AnyUri, Wire.Sql(), Test)));
        Assert.Equal("content", ParamName(() => client.QueryFromJsonAsync<Rfc>(AnyUri, null!, Test)));
        Assert.Equal("content", ParamName(() => client.QueryFromJsonAsync<Rfc>(AnyUri, untyped, Test)));
        Assert.Equal("jsonTypeInfo", ParamName(() => client.QueryFromJsonAsync(AnyUri, Wire.Sql(), (JsonTypeInfo<Rfc>)null!, Test)));
        Assert.Equal("jsonTypeInfo", ParamName(() => client.QueryAsJsonAsync(AnyUri, Question, (JsonTypeInfo<RfcQuery>)null!, Test)));
        Wire.ThrownBy<InvalidOperationException>(() => client.QueryFromJsonAsync<Rfc>("/no/base/address", Wire.Sql(), Test));

        static string? ParamName(Func<Task> call) => Wire.ThrownBy<ArgumentException>(call).ParamName;
    }

    [Fact]
    public void A_type_that_the_options_do_not_describe_is_refused_before_anything_is_sent()
    {
        using var client = new HttpClient();
        var options = new JsonSerializerOptions { TypeInfoResolver = RfcJson.Default };

        Wire.ThrownBy<NotSupportedException>(() => client.QueryFromJsonAsync<DateTimeOffset>(AnyUri, Wire.Sql(), options, Test));
    }

    [Fact]
    public async Task Cancellation_ends_the_reading_of_a_response_that_has_begun()
    {
        await using var server = RawServer.Start("HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 99\n\n[");
        var headersSeen = new TaskCompletionSource();
        using var client = new HttpClient(new HeadersSeenHandler(headersSeen));
        using var canceled = new CancellationTokenSource();

        var reading = client.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), canceled.Token);
        await headersSeen.Task;
        await canceled.CancelAsync();

        var exception = await Assert.ThrowsAsync<TaskCanceledException>(() => reading);
        Assert.Equal(canceled.Token, exception.CancellationToken);
        Assert.IsNotType<TimeoutException>(exception.InnerException);
    }

    [Fact]
    public async Task The_timeout_of_the_client_holds_until_the_last_byte()
    {
        const string Beginning = "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 99\n\n[";
        await using var server = RawServer.Start(Beginning, Beginning);
        using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(400) };

        var ours = await Assert.ThrowsAsync<TaskCanceledException>(
            () => client.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), Test));
        var frameworks = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Test));

        Assert.IsType<TimeoutException>(ours.InnerException);
        Assert.IsType<TimeoutException>(frameworks.InnerException);
    }

    [Theory]
    [InlineData("Content-Length: 77\n\n", "")]
    [InlineData("Transfer-Encoding: chunked\n\n4d\n", "\n0\n\n")]
    public async Task A_response_over_the_buffer_limit_is_refused_and_one_at_the_limit_is_read(string before, string after)
    {
        const string Json = "[{\"number\":9110,\"title\":\"HTTP Semantics\"},{\"number\":9112,\"title\":\"HTTP/1.1\"}]";
        var response = $"HTTP/1.1 200 OK\nContent-Type: application/json\n{before}{Json}{after}";
        await using var server = RawServer.Start(response, response, response);
        using var narrow = new HttpClient { MaxResponseContentBufferSize = 76 };
        using var wide = new HttpClient { MaxResponseContentBufferSize = 77 };

        var ours = await Assert.ThrowsAsync<HttpRequestException>(
            () => narrow.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), Test));
        await Assert.ThrowsAsync<HttpRequestException>(() => narrow.GetFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Test));
        var rfcs = await wide.QueryFromJsonAsync<Rfc[]>(server.Uri("/rfcs"), Wire.Sql(), Test);

        Assert.Equal(HttpRequestError.ConfigurationLimitExceeded, ours.HttpRequestError);
        Assert.Equal("The response body is longer than HttpClient.MaxResponseContentBufferSize, 76 bytes.", ours.Message);
        Assert.Equal(Wire.BothRfcs, rfcs);
    }

    [Fact]
    public async Task The_default_version_and_policy_of_the_client_are_kept()
    {
        var recorded = new RecordingHandler();
        using var client = new HttpClient(recorded)
        {
            DefaultRequestVersion = HttpVersion.Version30,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher,
        };

        using var response = await client.QueryAsJsonAsync("http://localhost/rfcs", Question, Test);
        await client.QueryFromJsonAsync<Rfc[]>("http://localhost/rfcs", Wire.Sql(), Test);

        Assert.All(recorded.Requests, request =>
        {
            Assert.Equal("QUERY", request.Method.Method);
            Assert.Equal(HttpVersion.Version30, request.Version);
            Assert.Equal(HttpVersionPolicy.RequestVersionOrHigher, request.VersionPolicy);
        });
        Assert.Equal(2, recorded.Requests.Count);
    }

    private sealed class HeadersSeenHandler(TaskCompletionSource seen) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            seen.SetResult();
            return response;
        }
    }

    private sealed class RecordingHandler : HttpMessageHandler
    {
        public List<HttpRequestMessage> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            return Task.FromResult(new HttpResponseMessage { Content = JsonContent.Create(Wire.BothRfcs) });
        }
    }
}
