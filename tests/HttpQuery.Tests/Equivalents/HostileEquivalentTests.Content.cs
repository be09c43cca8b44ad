using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using HttpQuery.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.Equivalents;

// Kinds of content, of targets, of handlers and of responses.
public sealed partial class HostileEquivalentTests
{
    [Theory]
    [InlineData("/n/%C3%28")]
    [InlineData("/n/%E2%82")]
    [InlineData("/n/%C0%AF")]
    [InlineData("/n//b")]
    [InlineData("/n/%2e%2e/x")]
    [InlineData("/n/..%2fx")]
    [InlineData("/n/./x")]
    [InlineData("/n/.")]
    [InlineData("/n/...")]
    [InlineData("/n/%252F%25")]
    [InlineData("/n/a+b")]
    [InlineData("/n/a%5cb")]
    [InlineData("/n/a\\b")]
    [InlineData("/n/%3Fx?y")]
    [InlineData("/n/x?")]
    [InlineData("/n/x??a")]
    [InlineData("/n/x?a=%ff&b=%00")]
    [InlineData("/n/x?a#b")]
    [InlineData("/n/x#b")]
    [InlineData("/n/%F0%9F%98%80")]
    [InlineData("/n/%zz%4")]
    [InlineData("/n/a%0D%0Ab")]
    [InlineData("http://localhost/n/absolute?x")]
    [InlineData("HTTP://localhost/n/absolute")]
    public async Task A_GET_reaches_the_path_of_its_query_or_the_query_has_no_URI(string target)
    {
        await using var app = await NotesApp.StartAsync(app => app.MapMethods("/{**path}", [HttpMethods.Query], context =>
            context.Response.WriteAsync(
                $"{context.Request.Path.Value} {context.Request.QueryString} {context.Request.RouteValues["path"]}"))
            .WithEquivalentResource().WithStoredResult());
        var query = await app.TextAsync(target, "cats");
        foreach (var uri in new[] { query["Location"], query["Content-Location"] })
            if (uri is not null) Assert.Equal(query.ContentText, (await app.GetAsync(uri)).ContentText);
    }

    [Fact]
    public async Task Content_that_was_compressed_has_the_URI_of_the_content()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRequestDecompression();
                app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
            },
            services: s => s.AddRequestDecompression());
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal)) gzip.Write("cats"u8);
        var body = buffer.ToArray();
        var query = await RawHttp.SendAsync(app.Port, [
            .. Encoding.Latin1.GetBytes("QUERY /notes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                + $"Content-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]);
        Assert.Equal("found: cats", query.ContentText);
        var plain = await app.TextAsync("/notes", "cats");
        Assert.Equal(plain["Location"], query["Location"]);
        Assert.Equal("found: cats", (await app.GetAsync(query["Location"]!)).ContentText);
        Assert.Equal("found: cats", (await app.GetAsync(query["Content-Location"]!)).ContentText);
    }

    [Theory]
    [InlineData("/form", "application/x-www-form-urlencoded", "a=1&b=%C3%A4")]
    [InlineData("/raw-form", "application/x-www-form-urlencoded", "")]
    [InlineData("/raw-form", "application/x-www-form-urlencoded", "a=1")]
    [InlineData("/form", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n")]
    [InlineData("/stream", "text/plain", "cats")]
    [InlineData("/stream", "text/plain", "")]
    [InlineData("/pipe", "text/plain", "cats")]
    [InlineData("/reader", "text/plain", "cats")]
    [InlineData("/mvc-notes", "application/json", """{"match":"cats"}""")]
    public async Task Handlers_of_every_kind_answer_a_GET_as_the_query(string target, string type, string content)
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseAntiforgery();
                app.MapQuery("/form", (IFormCollection form) => string.Join('&', form.Select(f => $"{f.Key}={f.Value}")))
                    .WithEquivalentResource().WithStoredResult();
                app.MapMethods("/raw-form", [HttpMethods.Query], async context =>
                {
                    var form = await context.Request.ReadFormAsync();
                    await context.Response.WriteAsync(string.Join('&', form.Select(f => $"{f.Key}={f.Value}")));
                }).WithEquivalentResource().WithStoredResult();
                app.MapQuery("/stream", async (Stream body) => await new StreamReader(body).ReadToEndAsync())
                    .WithEquivalentResource().WithStoredResult();
                app.MapQuery("/pipe", async (PipeReader body) => await new StreamReader(body.AsStream()).ReadToEndAsync())
                    .WithEquivalentResource().WithStoredResult();
                app.MapMethods("/reader", [HttpMethods.Query], async context =>
                {
                    var read = await context.Request.BodyReader.ReadAtLeastAsync(4);
                    await context.Response.WriteAsync(Encoding.UTF8.GetString(read.Buffer));
                    context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                }).WithEquivalentResource().WithStoredResult();
                app.MapControllers();
            },
            services: s =>
            {
                s.AddAntiforgery();
                s.AddControllers().AddApplicationPart(typeof(NotesController).Assembly);
            });
        var query = await app.SendAsync("QUERY " + target, type, content);
        Assert.Equal(200, query.Status);
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            var get = await app.GetAsync(uri);
            Assert.Equal((200, query.ContentText, query["Content-Type"]), (get.Status, get.ContentText, get["Content-Type"]));
        }
    }

    [Theory]
    [InlineData(1024 * 1024 - 1, true)]
    [InlineData(1024 * 1024, true)]
    [InlineData(1024 * 1024 + 1, false)]
    public async Task Content_up_to_the_limit_has_a_URI(int length, bool hasUri)
    {
        await using var app = await NotesApp.StartAsync(app => app.MapMethods("/notes", [HttpMethods.Query], async context =>
        {
            var read = 0L;
            var buffer = new byte[8192];
            while (await context.Request.Body.ReadAsync(buffer) is > 0 and var count) read += count;
            await context.Response.WriteAsync($"{read}");
        }).WithEquivalentResource());
        var query = await app.TextAsync("/notes", new('x', length));
        Assert.Equal(($"{length}", hasUri), (query.ContentText, query["Location"] is not null));
        if (hasUri) Assert.Equal($"{length}", (await app.GetAsync(query["Location"]!)).ContentText);
    }

    [Fact]
    public async Task Responses_that_stream_break_off_or_are_long_are_sent_as_they_are()
    {
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.MapMethods("/flush", [HttpMethods.Query], async context =>
                {
                    await context.Response.WriteAsync("a");
                    await context.Response.Body.FlushAsync();
                    await context.Response.WriteAsync("b");
                }).WithEquivalentResource();
                app.MapMethods("/break", [HttpMethods.Query], async context =>
                {
                    await context.Response.WriteAsync("a");
                    await context.Response.Body.FlushAsync();
                    throw new InvalidOperationException();
                }).WithEquivalentResource().WithStoredResult();
                app.MapMethods("/long", [HttpMethods.Query], context => context.Response.WriteAsync(new string('x', 3000)))
                    .WithEquivalentResource().WithStoredResult();
                foreach (var status in new[] { 201, 202, 204, 206, 303, 404, 503 })
                {
                    app.MapMethods($"/{status}", [HttpMethods.Query], context =>
                    {
                        context.Response.StatusCode = status;
                        return Task.CompletedTask;
                    }).WithEquivalentResource().WithStoredResult();
                }
            },
            o => o.MaximumBufferedResponseLength = 2000);
        var flush = await app.TextAsync("/flush", "x");
        Assert.Equal(("ab", "ab"), (flush.ContentText, (await app.GetAsync(flush["Location"]!)).ContentText));
        var broken = await app.TextAsync("/break", "x");
        Assert.Equal((500, null, null), (broken.Status, broken["Location"], broken["Content-Location"]));
        var longOne = await app.TextAsync("/long", "x");
        Assert.Equal((3000, null), (longOne.Content.Length, longOne["Content-Location"]));
        Assert.Equal(3000, (await app.GetAsync(longOne["Location"]!)).Content.Length);
        foreach (var status in new[] { 201, 202, 204, 206, 303, 404, 503 })
        {
            var response = await app.TextAsync($"/{status}", "x");
            Assert.Equal(
                (status, status is 202 or 204 or 206 or 303, false),
                (response.Status, response["Location"] is not null, response["Content-Location"] is not null));
        }
    }

    [Fact]
    public async Task Conditions_ranges_and_HEAD_hold_for_a_result()
    {
        await using var app = await NotesApp.StartAsync(app => app.MapSearch("/notes").WithStoredResult().WithETag().WithRanges());
        var result = (await app.TextAsync("/notes", "cats", "Range: bytes=0-1"))["Content-Location"]!;
        var get = await app.GetAsync(result);
        Assert.Equal("found: cats", get.ContentText);
        var tag = get["ETag"]!;
        var part = await app.GetAsync(result, "Range: bytes=7-", "If-Range: " + tag);
        Assert.Equal((206, "cats"), (part.Status, part.ContentText));
        Assert.Equal(304, (await app.GetAsync(result, "If-None-Match: " + tag)).Status);
        Assert.Equal(412, (await app.GetAsync(result, "If-Match: \"x\"")).Status);
        Assert.Equal(416, (await app.GetAsync(result, "Range: bytes=100-")).Status);
        var head = await app.SendAsync("HEAD " + result);
        Assert.Equal((200, "", "11"), (head.Status, head.ContentText, head["Content-Length"]));
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("GET", false)]
    [InlineData("HEAD", false)]
    public async Task A_client_with_HTTP2_gets_the_same(string method, bool isTwo)
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult(),
            services: s => s.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(o =>
                o.ConfigureEndpointDefaults(e => e.Protocols = isTwo
                    ? Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2
                    : Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1)));
        using var client = new HttpClient
        {
            BaseAddress = new($"http://127.0.0.1:{app.Port}"),
            DefaultRequestVersion = isTwo ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var request = new HttpRequestMessage(new("QUERY"), "/notes")
        {
            Content = new StringContent("cats"),
            Version = client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var query = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, query.StatusCode);
        foreach (var uri in new[] { query.Headers.Location!, query.Content.Headers.ContentLocation! })
        {
            using var again = new HttpRequestMessage(new(method), uri)
            {
                Version = client.DefaultRequestVersion,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var get = await client.SendAsync(again, TestContext.Current.CancellationToken);
            Assert.True(
                get.StatusCode is HttpStatusCode.OK,
                $"{get.StatusCode} {uri} {await get.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            Assert.Equal(method is "GET" ? "found: cats" : "", await get.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task No_log_contains_the_content_of_a_query_that_a_GET_repeats()
    {
        var logs = new RecordedLogs();
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseHttpLogging();
                app.UseW3CLogging();
                app.MapMethods("/notes", [HttpMethods.Query], context => context.Response.WriteAsync("well"))
                    .WithEquivalentResource().WithStoredResult();
            },
            o => o.MaximumStatelessLocationLength = 4000,
            s => s.AddHttpLogging(o => o.LoggingFields = HttpLoggingFields.All)
                .AddW3CLogging(o => o.LogDirectory = Directory.CreateTempSubdirectory().FullName)
                .AddLogging(l => l.AddProvider(logs).SetMinimumLevel(LogLevel.Trace)));
        var query = await app.TextAsync("/notes", "secretcats");
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            await app.GetAsync(uri);
            await app.GetAsync(uri[..^2] + "AA");
            await app.SendAsync("HEAD " + uri);
            await app.SendAsync("DELETE " + uri);
        }
        Assert.Contains(logs.Lines, line => line.Contains("/notes", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, line => line.Contains("secretcats", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Old_keys_are_accepted_until_they_are_removed()
    {
        var store = new FaultyDistributedCache();
        const string newer = "another secret of thirty-two chars or more";
        Action<WebApplication> map = app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult();
        await using var before = await NotesApp.StartAsync(map, store: store);
        await using var both = await NotesApp.StartAsync(map, o => o.LocationKeys.Insert(0, newer), store: store);
        await using var after = await NotesApp.StartAsync(map, o =>
        {
            o.LocationKeys.Clear();
            o.LocationKeys.Add(newer);
        }, store: store);
        foreach (var content in new[] { "cats", Long })
        {
            var query = await before.TextAsync("/notes", content);
            foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
            {
                Assert.Equal(200, (await both.GetAsync(uri)).Status);
                Assert.Equal(404, (await after.GetAsync(uri)).Status);
            }
            var next = (await both.GetAsync(query["Location"]!))["Location"]!;
            Assert.NotEqual(query["Location"], next);
            Assert.Equal((200, 404), ((await after.GetAsync(next)).Status, (await before.GetAsync(next)).Status));
        }
    }

    [Theory]
    [InlineData("HttpQuery:LocationKeys", "correct horse battery staple, 1st")]
    [InlineData("HttpQuery:LocationKeys:0", "short")]
    [InlineData("HttpQuery:LocationPrefix", "_query")]
    [InlineData("HttpQuery:LocationPrefix", "/")]
    [InlineData("HttpQuery:LocationPrefix", "/a/../b")]
    [InlineData("HttpQuery:LocationLifetime", "00:00:00")]
    [InlineData("HttpQuery:StoredResultLifetime", "366.00:00:00")]
    [InlineData("HttpQuery:LocationStoreTimeout", "-00:00:01")]
    [InlineData("HttpQuery:MaximumLocationStoreSize", "0")]
    [InlineData("HttpQuery:MaximumStatelessLocationLength", "-1")]
    public async Task Options_out_of_range_stop_the_start(string key, string value)
    {
        var failure = await Record.ExceptionAsync(async () =>
        {
            await using var server = await QueryServer.StartAsync(
                app => app.MapSearch("/notes").WithEquivalentResource(),
                builder => builder.Configuration.AddInMemoryCollection([new(key, value)]));
        });
        Assert.Contains("HttpQuery:Location".Length > key.Length ? key : key.Replace(":0", "", StringComparison.Ordinal),
            Assert.IsAssignableFrom<Exception>(failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_entry_that_a_GET_finds_is_renewed_behind_its_response()
    {
        var runs = 0;
        var renewed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await NotesApp.StartAsync(
            app =>
            {
                app.UseRouting();
                app.UseHttpQueryCache();
                app.MapMethods("/notes", [HttpMethods.Query], async context =>
                {
                    context.Response.Headers.CacheControl = "max-age=60, stale-while-revalidate=600";
                    var text = await new StreamReader(context.Request.Body).ReadToEndAsync();
                    await context.Response.WriteAsync($"{Interlocked.Increment(ref runs)} {text}");
                    if (runs == 2) context.Response.OnCompleted(() =>
                    {
                        renewed.TrySetResult();
                        return Task.CompletedTask;
                    });
                }).WithEquivalentResource();
            },
            services: s => s.AddHttpQueryCache());
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        app.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal("1 cats", (await app.GetAsync(location)).ContentText);
        await renewed.Task.WaitAsync(TestContext.Current.CancellationToken);
        RawResponse next;
        do next = await app.GetAsync(location); while (next.ContentText == "1 cats");
        Assert.Equal("2 cats", next.ContentText);
    }

    private sealed class RecordedLogs : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}

/// <summary>An action with an equivalent resource and stored results.</summary>
[ApiController]
public sealed class NotesController : ControllerBase
{
    [HttpQuery("/mvc-notes")]
    [QueryBehavior(EquivalentResource = true, StoredResult = true)]
    public ActionResult<RfcQuery> Find(RfcQuery query) => query;
}
