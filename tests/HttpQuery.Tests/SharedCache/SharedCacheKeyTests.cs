using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>The law of the key on the wire: two requests share a response only if the application receives the same bytes, or has declared that it treats them as equal.</summary>
public sealed class SharedCacheKeyTests
{
    [Theory]
    [InlineData("/docs/x/../a", "/docs/a")]
    [InlineData("/%61", "/a")]
    [InlineData("/a%2fb", "/a%2Fb")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("/a/;/../b", "/a/b")]
    [InlineData("/a?x=%61", "/a?x=a")]
    [InlineData("/a?", "/a")]
    [InlineData("/a/", "/a")]
    [InlineData("/A", "/a")]
    public async Task Spellings_of_a_target_are_other_requests(string one, string other)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY q #1", await server.QueryAsync(one, "q"));
        Assert.Equal("QUERY q #2", await server.QueryAsync(other, "q"));
        Assert.Equal("QUERY q #1", await server.QueryAsync(one, "q"));
        Assert.Equal("QUERY q #2", await server.QueryAsync(other, "q"));
    }

    [Theory]
    [InlineData("application/json", "application/json;")]
    [InlineData("application/json", "Application/json")]
    [InlineData("application/json;charset=utf-8", "application/json; charset=utf-8")]
    [InlineData("text/plain;a=1;b=2", "text/plain;b=2;a=1")]
    [InlineData("text/plain;a=1", "text/plain;a=\"1\"")]
    public async Task Spellings_of_a_media_type_are_other_requests(string one, string other)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY q #1", (await server.SendAsync("QUERY /", one, "q")).ContentText);
        Assert.Equal("QUERY q #2", (await server.SendAsync("QUERY /", other, "q")).ContentText);
        Assert.Equal("QUERY q #1", (await server.SendAsync("QUERY /", one, "q")).ContentText);
    }

    [Theory]
    [InlineData("application/json", """{"a":1}""", """{ "a":1}""")]
    [InlineData("application/json", """{"a":1}""", """{"\u0061":1}""")]
    [InlineData("application/x-www-form-urlencoded", "a=2&A=1", "A=1&a=2")]
    [InlineData("application/x-www-form-urlencoded", "a=%61", "a=a")]
    public async Task Spellings_of_content_that_a_handler_reads_itself_are_other_queries(string type, string one, string other)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal($"QUERY {one} #1", (await server.SendAsync("QUERY /", type, one)).ContentText);
        Assert.Equal($"QUERY {other} #2", (await server.SendAsync("QUERY /", type, other)).ContentText);
        Assert.Equal($"QUERY {one} #1", (await server.SendAsync("QUERY /", type, one)).ContentText);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_whose_coding_nothing_removes_is_not_the_content_without_it(bool plain)
    {
        // A form of gzip octets is an empty form to what reads it, and that would be everybody's answer.
        var count = 0;
        await using var server = await CachedServer.StartAsync(
            app => app.MapMethods("/{**path}", ["QUERY"], async (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "max-age=60";
                using var content = new MemoryStream();
                await context.Request.Body.CopyToAsync(content);
                await context.Response.WriteAsync($"{content.Length} {++count}");
            }),
            build: builder => builder.Services.AddRequestDecompression(_ => { }),
            plain: plain);
        var coded = await server.SendOctetsAsync("QUERY /", "application/x-www-form-urlencoded", Gzip("a=1"), "Content-Encoding: gzip");
        var answer = await server.SendAsync("QUERY /", "application/x-www-form-urlencoded", "a=1");
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("3 ", answer.ContentText, StringComparison.Ordinal);
        if (!plain) Assert.Equal(415, coded.Status);
        else Assert.NotEqual(answer.ContentText, coded.ContentText);
    }

    [Theory]
    [InlineData("Forwarded: host=evil.test")]
    [InlineData("X-Forwarded-Host: evil.test")]
    [InlineData("x-forwarded-host: evil.test")]
    [InlineData("X-Forwarded-Host:")]
    [InlineData("X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-Scheme: https")]
    [InlineData("X-Forwarded-Port: 81")]
    [InlineData("X-Forwarded-Prefix: /evil")]
    [InlineData("X-Forwarded-Server: evil.test")]
    [InlineData("X-Host: evil.test")]
    [InlineData("X-Original-URL: /evil")]
    [InlineData("X-Rewrite-URL: /evil")]
    [InlineData("X-Original-Host: evil.test")]
    [InlineData("X-HTTP-Method: DELETE")]
    [InlineData("X-HTTP-Method-Override: DELETE")]
    [InlineData("X-Method-Override: DELETE")]
    public async Task Headers_that_tell_another_target_are_part_of_the_key(string line)
    {
        await using var server = await CachedServer.StartAsync();
        Assert.Equal("QUERY q #1", await server.QueryAsync("/", "q", line));
        Assert.Equal("QUERY q #2", await server.QueryAsync("/", "q"));
        Assert.Equal("QUERY q #1", await server.QueryAsync("/", "q", line));
        Assert.Equal("QUERY q #3", await server.QueryAsync("/", "q", line, line));
    }

    [Fact]
    public async Task The_list_of_such_headers_is_an_option()
    {
        await using var server = await CachedServer.StartAsync(configure: options =>
        {
            options.RoutingHeaders.Remove("Forwarded");
            options.RoutingHeaders.Add("X-Tenant-Host");
        });
        Assert.Equal("QUERY q #1", await server.QueryAsync("/", "q", "Forwarded: for=1"));
        Assert.Equal("QUERY q #1", await server.QueryAsync("/", "q", "Forwarded: for=2"));
        Assert.Equal("QUERY q #2", await server.QueryAsync("/", "q", "X-Tenant-Host: a"));
        Assert.Equal("QUERY q #3", await server.QueryAsync("/", "q", "X-Tenant-Host: b"));
    }

    [Theory]
    [InlineData("POST /RFCS/5")]
    [InlineData("POST /rfcs/5/")]
    [InlineData("POST /rfcs//5")]
    [InlineData("POST /rfcs/x/../5")]
    [InlineData("POST /%72fcs/5")]
    [InlineData("POST /%2572fcs/../rfcs/5?")]
    public async Task One_unsafe_request_reaches_every_spelling(string request)
    {
        await using var server = await CachedServer.StartAsync();
        string[] targets = ["/rfcs/5", "/RFCS/5", "/rfcs/5/", "/rfcs/%35", "/rfcs/./5"];
        foreach (var target in targets) await server.QueryAsync(target, "q");
        Assert.Equal(204, (await server.SendAsync(request, "text/plain", "")).Status);
        var number = targets.Length;
        foreach (var target in targets) Assert.Equal($"QUERY q #{++number}", await server.QueryAsync(target, "q"));
    }

    [Fact]
    public async Task An_unsafe_request_reaches_every_spelling_of_the_host()
    {
        await using var server = await CachedServer.StartAsync();
        await server.SendAsync("QUERY /a", "text/plain", "q", host: "a.test");
        await server.SendAsync("QUERY /a", "text/plain", "q", host: "A.test:80");
        await server.SendAsync("POST /a", "text/plain", "", host: "a.TEST");
        Assert.Equal("QUERY q #3", (await server.SendAsync("QUERY /a", "text/plain", "q", host: "a.test")).ContentText);
        Assert.Equal("QUERY q #4", (await server.SendAsync("QUERY /a", "text/plain", "q", host: "A.test:80")).ContentText);
    }

    [Fact]
    public async Task A_response_to_an_expectation_is_not_stored()
    {
        await using var server = await CachedServer.StartAsync(answer: context =>
        {
            if (context.Request.Headers["X-Fail"].Count > 0) context.Response.StatusCode = 417;
        });
        Assert.Equal(417, (await server.SendQueryAsync("/", "q", "X-Fail: 1")).Status);
        Assert.Equal(200, (await server.SendQueryAsync("/", "q")).Status);
    }

    [Fact]
    public async Task An_application_can_keep_a_response_out_of_the_cache()
    {
        await using var server = await CachedServer.StartAsync(answer: context => context.DisableQueryCacheStorage());
        Assert.Equal("QUERY q #1", await server.QueryAsync("/", "q"));
        Assert.Equal("QUERY q #2", await server.QueryAsync("/", "q"));
    }

    private static byte[] Gzip(string content)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(content));
        return output.ToArray();
    }
}
