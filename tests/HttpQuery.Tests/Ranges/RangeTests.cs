using System.Globalization;
using System.Text.Json;
using HttpQuery.Tests.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Ranges;

/// <summary>Parts of results (RFC 10008 §2.8, row G1; RFC 9110 §14), of buffered responses, memory and seekable streams.</summary>
public class RangeTests(CatalogueHosts hosts) : IClassFixture<CatalogueHosts>
{
    private static readonly string[] Paths = ["/ranged", "/bytes", "/stream"];

    [Theory]
    [InlineData("bytes=0-9", "bytes 0-9/36", "0123456789")]
    [InlineData("bytes=10-", "bytes 10-35/36", "abcdefghijklmnopqrstuvwxyz")]
    [InlineData("bytes=-2", "bytes 34-35/36", "yz")]
    [InlineData("bytes=-99", "bytes 0-35/36", "0123456789abcdefghijklmnopqrstuvwxyz")]
    [InlineData("bytes=35-99", "bytes 35-35/36", "z")]
    [InlineData("Bytes=0-0", "bytes 0-0/36", "0")]
    [InlineData("bytes=0-1,99-100", "bytes 0-1/36", "01")]
    [InlineData("bytes=0-3,2-5", "bytes 0-5/36", "012345")]
    public async Task One_range_is_a_206(string range, string contentRange, string content) => await EachAsync(async (host, path) =>
    {
        var response = await host.QueryAsync(path, $"Range: {range}");

        Assert.Equal((206, contentRange, content), (response.Status, response["Content-Range"], response.ContentText));
        Assert.Equal(("text/plain", "bytes", "\"digits\""), (response["Content-Type"], response["Accept-Ranges"], response["ETag"]));
        Assert.Equal(content.Length.ToString(CultureInfo.InvariantCulture), response["Content-Length"]);
    });

    [Fact]
    public async Task Several_ranges_are_the_parts_of_one_message() => await EachAsync(async (host, path) =>
    {
        var response = await host.QueryAsync(path, "Range: bytes=-1, 0-1, 10-12");

        Assert.Equal((206, null), (response.Status, response["Content-Range"]));
        var type = response["Content-Type"]!;
        Assert.Matches("^multipart/byteranges; boundary=[0-9a-f]{32}$", type);
        var boundary = type[^32..];
        Assert.Equal(
            $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 35-35/36\r\n\r\nz"
            + $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/36\r\n\r\n01"
            + $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 10-12/36\r\n\r\nabc"
            + $"\r\n--{boundary}--\r\n",
            response.ContentText);
        Assert.Equal(response.Content.Length.ToString(CultureInfo.InvariantCulture), response["Content-Length"]);
    });

    [Theory]
    [InlineData("bytes=36-")]
    [InlineData("bytes=36-40,99-")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=99999999999999999999-")]
    public async Task Nothing_within_the_result_is_416(string range) => await EachAsync(async (host, path) =>
    {
        var response = await host.QueryAsync(path, $"Range: {range}");

        Assert.Equal((416, "bytes */36", "application/problem+json"), (response.Status, response["Content-Range"], response["Content-Type"]));
        using var problem = JsonDocument.Parse(response.Content);
        Assert.Equal(416, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Null(response["ETag"]);
    });

    [Theory]
    [InlineData(16, 206)]
    [InlineData(17, 416)]
    [InlineData(3_000, 416)]
    public async Task Ranges_have_a_limit(int count, int status) => await EachAsync(async (host, path) =>
    {
        var ranges = string.Join(',', Enumerable.Range(0, count).Select(i => $"{2 * i}-{2 * i}"));

        Assert.Equal(status, (await host.QueryAsync(path, $"Range: bytes={ranges}")).Status);
        Assert.Equal(200, (await host.QueryAsync(path)).Status);
    });

    [Theory]
    [InlineData("items=0-1")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=5-1")]
    [InlineData("bytes=0-1;2-3")]
    public async Task What_is_no_range_of_octets_is_ignored(string range) => await EachAsync(async (host, path) =>
    {
        var response = await host.QueryAsync(path, $"Range: {range}");

        Assert.Equal((200, 36, "bytes"), (response.Status, response.Content.Length, response["Accept-Ranges"]));
    });

    [Theory]
    [InlineData("/bytes", "\"digits\"", 206)]
    [InlineData("/stream", "\"digits\"", 206)]
    [InlineData("/ranged", "\"digits\"", 206)]
    [InlineData("/bytes", "W/\"digits\"", 200)]
    [InlineData("/bytes", "\"other\"", 200)]
    [InlineData("/bytes", "*", 200)]
    [InlineData("/bytes", "Fri, 02 Jan 2026 03:04:05 GMT", 206)]
    [InlineData("/bytes", "Fri, 02 Jan 2026 03:04:06 GMT", 200)]
    [InlineData("/ranged", "Fri, 02 Jan 2026 03:04:05 GMT", 200)]
    public async Task If_range_holds_the_part_against_the_result_it_belongs_to(string path, string ifRange, int status) => await hosts.EachAsync(async host =>
    {
        var response = await host.QueryAsync(path, "Range: bytes=0-1", $"If-Range: {ifRange}");

        Assert.Equal((status, status is 206 ? 2 : 36), (response.Status, response.Content.Length));
    });

    [Fact]
    public async Task Conditions_come_before_ranges() => await EachAsync(async (host, path) =>
    {
        Assert.Equal(304, (await host.QueryAsync(path, "Range: bytes=0-1", "If-None-Match: \"digits\"")).Status);
        Assert.Equal(412, (await host.QueryAsync(path, "Range: bytes=0-1", "If-Match: \"other\"")).Status);
        Assert.Equal(206, (await host.QueryAsync(path, "Range: bytes=0-1", "If-Match: \"digits\"")).Status);
    });

    [Fact]
    public async Task An_empty_result_is_whole() => await hosts.EachAsync(async host =>
    {
        var response = await host.QueryAsync("/empty", "Range: bytes=0-1");

        Assert.Equal((200, 0, "0"), (response.Status, response.Content.Length, response["Content-Length"]));
    });

    [Fact]
    public async Task Get_and_head_of_the_same_result()
    {
        await using var server = await QueryServer.StartAsync(app => app.MapMethods("/x", ["GET", "HEAD"], () => QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("digits"))));

        Assert.Equal((206, "01"), (await server.SendAsync("GET /x", fields: ["Range: bytes=0-1"]) is var got ? got.Status : 0, got.ContentText));
        Assert.Equal(304, (await server.SendAsync("GET /x", fields: ["If-None-Match: \"digits\""])).Status);
        var head = await server.SendAsync("HEAD /x", fields: ["Range: bytes=0-1"]);
        Assert.Equal((200, "36", 0), (head.Status, head["Content-Length"], head.Content.Length));
    }

    [Fact]
    public async Task A_result_of_another_status_is_sent_whole_and_unconditionally()
    {
        await using var server = await QueryServer.StartAsync(app => app.MapQuery("/missing", (HttpContext context) =>
        {
            context.Response.StatusCode = 404;
            return QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("digits"));
        }));

        var response = await server.SendAsync("QUERY /missing", "text/plain", "?", ["If-None-Match: \"digits\"", "Range: bytes=0-1"]);
        Assert.Equal((404, 36, null), (response.Status, response.Content.Length, response["ETag"]));
    }

    [Fact]
    public async Task A_large_file_is_sought_not_read_through()
    {
        var path = Path.GetTempFileName();
        try
        {
            await using (var file = File.Create(path)) file.SetLength(3L * 1024 * 1024 * 1024);
            await using var server = await QueryServer.StartAsync(app => app.MapQuery("/file", () => QueryResults.Stream(File.OpenRead(path), "application/octet-stream")));

            var response = await server.SendAsync("QUERY /file", "text/plain", "?", ["Range: bytes=3221225470-, 100000-300000"]);
            Assert.Equal(206, response.Status);
            Assert.InRange(response.Content.Length, 200_003, 200_700);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_stream_must_be_seekable() =>
        Assert.Throws<ArgumentException>(() => QueryResults.Stream(new System.IO.Pipelines.Pipe().Reader.AsStream(), "text/plain"));

    private Task EachAsync(Func<CatalogueHost, string, Task> exchange) => hosts.EachAsync(async host =>
    {
        foreach (var path in Paths) await exchange(host, path);
    });
}
