using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HttpQuery.Client.Tests;

/// <summary><c>QueryAsync</c>: RFC 10008 §2, and the client settings that apply to every request.</summary>
public sealed class HttpClientQueryExtensionsTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_is_sent_with_its_method_in_upper_case_its_media_type_and_its_content()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient();

        using var response = await client.QueryAsync(server.Uri("/rfcs?year=2022"), Wire.Sql(), Test);

        Assert.Equal(
            """
            QUERY /rfcs?year=2022 HTTP/1.1
            Host: localhost:{port}
            Content-Type: application/sql
            Content-Length: 18

            select * from rfcs
            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public async Task Empty_content_with_a_media_type_is_sent()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient();

        using var response = await client.QueryAsync(server.Uri("/rfcs"), Wire.Content("text/plain", ""), Test);

        Assert.Equal(
            """
            QUERY /rfcs HTTP/1.1
            Host: localhost:{port}
            Content-Type: text/plain
            Content-Length: 0


            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public async Task A_content_type_that_does_not_parse_is_left_for_the_server_to_judge()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient();
        using var content = new ByteArrayContent("q"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "nonsense");

        using var response = await client.QueryAsync(server.Uri("/rfcs"), content, Test);

        Assert.Equal(
            """
            QUERY /rfcs HTTP/1.1
            Host: localhost:{port}
            Content-Type: nonsense
            Content-Length: 1

            q
            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public void Content_without_a_content_type_is_refused_before_anything_is_sent()
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent("select * from rfcs"u8.ToArray());

        var exception = Wire.ThrownBy<ArgumentException>(() => client.QueryAsync("http://localhost/rfcs", content, Test));

        Assert.Equal("content", exception.ParamName);
        Assert.StartsWith(
            "A QUERY needs a Content-Type (RFC 10008 §2) and this content has none. Set content.Headers.ContentType, " +
            "for example to new MediaTypeHeaderValue(\"application/json\").",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Null_content_and_a_null_client_are_refused_by_name()
    {
        using var client = new HttpClient();

        var content = Wire.ThrownBy<ArgumentNullException>(() => client.QueryAsync("http://localhost/rfcs", null!, Test));
        var noClient = Wire.ThrownBy<ArgumentNullException>(
            () => HttpClientQueryExtensions.QueryAsync(null!, "http://localhost/rfcs", Wire.Sql(), Test));

        Assert.Equal("content", content.ParamName);
        Assert.Equal("client", noClient.ParamName);
    }

    [Theory]
    [InlineData("by-year", "/rfcs/by-year")]
    [InlineData("/titles", "/titles")]
    [InlineData("?year=2022", "/rfcs/?year=2022")]
    [InlineData("", "/rfcs/")]
    [InlineData(null, "/rfcs/")]
    public async Task A_relative_target_is_resolved_against_the_base_address(string? target, string path)
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient { BaseAddress = server.Uri("/rfcs/") };

        using var response = await client.QueryAsync(target, Wire.Sql(), Test);

        Assert.StartsWith($"QUERY {path} HTTP/1.1\n", await server.NextRequestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_target_without_a_base_address_is_refused()
    {
        using var client = new HttpClient();

        var exception = Wire.ThrownBy<InvalidOperationException>(() => client.QueryAsync("/rfcs", Wire.Sql(), Test));

        Assert.Contains("BaseAddress", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Default_request_headers_go_along()
    {
        await using var server = RawServer.Start(Wire.NoContent);
        using var client = new HttpClient { DefaultRequestHeaders = { { "Accept", "text/csv" } } };

        using var response = await client.QueryAsync(server.Uri("/rfcs"), Wire.Sql(), Test);

        Assert.Equal(
            """
            QUERY /rfcs HTTP/1.1
            Host: localhost:{port}
            Accept: text/csv
            Content-Type: application/sql
            Content-Length: 18

            select * from rfcs
            """,
            await server.NextRequestAsync());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(415)]
    [InlineData(422)]
    [InlineData(503)]
    public async Task Any_status_is_returned_as_a_response(int status)
    {
        await using var server = RawServer.Start($"HTTP/1.1 {status} Any\nContent-Length: 0\n\n");
        using var client = new HttpClient();

        using var response = await client.QueryAsync(server.Uri("/rfcs"), Wire.Sql(), Test);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_default_version_and_policy_of_the_client_are_kept_over_cleartext_HTTP_2()
    {
        await using var server = await KestrelServer.StartAsync(
            async context => await context.Response.WriteAsync(
                $"{context.Request.Protocol} {context.Request.Method} {await new StreamReader(context.Request.Body).ReadToEndAsync()}"),
            HttpProtocols.Http2);
        using var client = server.CreateClient();
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        using var response = await client.QueryAsync("/rfcs", Wire.Sql(), Test);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("HTTP/2 QUERY select * from rfcs", await response.Content.ReadAsStringAsync(Test));
    }

    [Fact]
    public async Task Eight_mebibytes_go_out_and_come_back_whole()
    {
        var bytes = new byte[8 << 20];
        new Random(10008).NextBytes(bytes);
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            // Read everything, then write: over HTTP/1.1 the client reads nothing before it has sent everything.
            using var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            await context.Response.Body.WriteAsync(content.ToArray());
        });
        using var client = server.CreateClient();
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } };

        using var response = await client.QueryAsync("/rfcs", content, Test);

        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(Test));
    }

    [Fact]
    public async Task With_ResponseHeadersRead_the_response_is_had_before_its_content_ends()
    {
        var headersSeen = new TaskCompletionSource();
        await using var server = await KestrelServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            await headersSeen.Task;
            await context.Response.WriteAsync("last");
        });
        using var client = server.CreateClient();

        using var response = await client.QueryAsync("/rfcs", Wire.Sql(), HttpCompletionOption.ResponseHeadersRead, Test);
        headersSeen.SetResult();

        Assert.Equal("first last", await response.Content.ReadAsStringAsync(Test));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_followed_by_the_same_query_at_the_new_target(int status)
    {
        await using var server = RawServer.Start($"HTTP/1.1 {status} Moved\nLocation: /archive\nContent-Length: 0\n\n", Wire.NoContent);
        using var client = new HttpClient();

        using var response = await client.QueryAsync(server.Uri("/rfcs"), Wire.Sql(), Test);

        await server.NextRequestAsync();
        Assert.Equal(
            """
            QUERY /archive HTTP/1.1
            Host: localhost:{port}
            Content-Type: application/sql
            Content-Length: 18

            select * from rfcs
            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public async Task A_303_is_followed_by_a_GET_without_content()
    {
        await using var server = RawServer.Start("HTTP/1.1 303 See Other\nLocation: /results/17\nContent-Length: 0\n\n", Wire.NoContent);
        using var client = new HttpClient();

        using var response = await client.QueryAsync(server.Uri("/rfcs"), Wire.Sql(), Test);

        await server.NextRequestAsync();
        Assert.Equal(
            """
            GET /results/17 HTTP/1.1
            Host: localhost:{port}


            """,
            await server.NextRequestAsync());
    }

    [Fact]
    public async Task A_token_canceled_before_sends_nothing()
    {
        await using var server = RawServer.Start(Wire.NoContent, Wire.NoContent);
        using var client = new HttpClient();
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        var exception = await Assert.ThrowsAsync<TaskCanceledException>(
            () => client.QueryAsync(server.Uri("/first"), Wire.Sql(), canceled.Token));
        using var response = await client.QueryAsync(server.Uri("/second"), Wire.Sql(), Test);

        Assert.Equal(canceled.Token, exception.CancellationToken);
        Assert.StartsWith("QUERY /second ", await server.NextRequestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_canceled_while_the_server_thinks_ends_the_query()
    {
        await using var server = RawServer.Start();
        using var client = new HttpClient();
        using var canceled = new CancellationTokenSource();

        var sending = client.QueryAsync(server.Uri("/rfcs"), Wire.Sql(), canceled.Token);
        await server.NextRequestAsync();
        await canceled.CancelAsync();

        var exception = await Assert.ThrowsAsync<TaskCanceledException>(() => sending);
        Assert.Equal(canceled.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task A_server_that_does_not_respond_runs_into_the_timeout_of_the_client()
    {
        await using var server = RawServer.Start();
        using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(200) };

        var exception = await Assert.ThrowsAsync<TaskCanceledException>(() => client.QueryAsync(server.Uri("/rfcs"), Wire.Sql(), Test));

        Assert.IsType<TimeoutException>(exception.InnerException);
    }

    [Fact]
    public async Task A_response_over_the_buffer_limit_of_the_client_is_refused()
    {
        await using var server = RawServer.Start(Wire.TwoRfcs);
        using var client = new HttpClient { MaxResponseContentBufferSize = 76 };

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.QueryAsync(server.Uri("/rfcs"), Wire.Sql(), Test));

        Assert.Equal(HttpRequestError.ConfigurationLimitExceeded, exception.HttpRequestError);
    }
}
