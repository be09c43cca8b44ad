using System.Diagnostics.Metrics;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Content that a middleware has made rewindable (<c>EnableBuffering</c>) stays so, whatever else reads it (RFC 10008 §2.6).</summary>
public class EnableBufferingTests
{
    [Theory]
    [InlineData("/plain")]
    [InlineData("/keyed")]
    [InlineData("/checked")]
    [InlineData("/plain", "gzip")]
    [InlineData("/keyed", "gzip")]
    [InlineData("/checked", "gzip")]
    public async Task A_handler_can_rewind_its_content(string path, string? coding = null)
    {
        await using var server = await StartAsync(decompress: coding is not null);

        using var content = new MemoryStream();
        if (coding is null) content.Write("hello"u8);
        else using (var coder = new GZipStream(content, CompressionMode.Compress)) coder.Write("hello"u8);
        var response = await server.SendOctetsAsync($"QUERY {path}", "text/plain", content.ToArray(), coding is null ? [] : [$"Content-Encoding: {coding}"]);
        Assert.Equal((200, "hello hello"), (response.Status, response.ContentText));
    }

    [Theory, InlineData("/plain"), InlineData("/keyed"), InlineData("/checked")]
    public async Task Chunks_that_somebody_measures_can_be_rewound(string path)
    {
        await using var server = await StartAsync(observe: true);

        var response = await RawHttp.SendAsync(server.Port,
            $"QUERY {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        Assert.Equal((200, "hello hello"), (response.Status, response.ContentText));
    }

    private static Task<QueryServer> StartAsync(bool decompress = false, bool observe = false) => QueryServer.StartAsync(
        app =>
        {
            if (observe) app.Services.GetRequiredService<Observer>().Start();
            if (decompress) app.UseRequestDecompression();
            app.Use((context, next) =>
            {
                context.Request.EnableBuffering();
                return next(context);
            });
            app.UseRouting();
            app.MapQuery("/plain", ReadTwiceAsync);
            app.MapQuery("/keyed", ReadTwiceAsync).WithQueryKey();
            app.MapQuery("/checked", async (HttpContext context) => await context.CheckConditionsAsync(new EntityTag("v1")) ?? await ReadTwiceAsync(context));
        },
        builder =>
        {
            builder.Services.AddSingleton<Observer>();
            if (decompress) builder.Services.AddRequestDecompression();
        });

    private static async Task<IResult> ReadTwiceAsync(HttpContext context)
    {
        var first = await ReadAsync();
        context.Request.Body.Position = 0;
        return Results.Text($"{first} {await ReadAsync()}");

        async Task<string> ReadAsync()
        {
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            return await reader.ReadToEndAsync();
        }
    }

    /// <summary>Listens to the meter of one application alone.</summary>
    private sealed class Observer(IMeterFactory meters) : IDisposable
    {
        private readonly MeterListener _listener = new();

        public void Start()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter is { Name: "HttpQuery" } meter && ReferenceEquals(meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.Start();
        }

        public void Dispose() => _listener.Dispose();
    }
}
