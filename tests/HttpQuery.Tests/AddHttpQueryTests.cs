using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests;

/// <summary>Registration, options and the errors of a wrong set-up.</summary>
public class AddHttpQueryTests
{
    [Fact]
    public void Mapping_without_the_services_says_what_to_call()
    {
        var app = WebApplication.CreateBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.MapQuery("/rfcs", context => Task.CompletedTask));
        Assert.Contains("AddHttpQuery()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_come_from_configuration_and_then_from_code()
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                var options = app.Services.GetRequiredService<IOptions<HttpQueryOptions>>().Value;
                Assert.True(options.AllowFallback);
                Assert.Equal(7, options.JsonErrorBufferLimit);
            },
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["HttpQuery:AllowFallback"] = "true",
                    ["HttpQuery:JsonErrorBufferLimit"] = "6",
                });
                builder.Services.AddHttpQuery(options => options.JsonErrorBufferLimit++);
            });
    }

    [Theory]
    [InlineData("JsonErrorBufferLimit", -1, false)]
    [InlineData("JsonErrorBufferLimit", 0, true)]
    [InlineData("JsonErrorBufferLimit", 64 * 1024 * 1024, true)]
    [InlineData("JsonErrorBufferLimit", (64 * 1024 * 1024) + 1, false)]
    [InlineData("MaximumBufferedContentLength", -1, false)]
    [InlineData("MaximumBufferedContentLength", 0, true)]
    [InlineData("MaximumBufferedContentLength", 1024 * 1024 * 1024, true)]
    [InlineData("MaximumBufferedContentLength", (1024 * 1024 * 1024) + 1, false)]
    [InlineData("MaximumBufferedResponseLength", -1, false)]
    [InlineData("MaximumBufferedResponseLength", 0, true)]
    [InlineData("MaximumBufferedResponseLength", 1024 * 1024 * 1024, true)]
    [InlineData("MaximumBufferedResponseLength", (1024 * 1024 * 1024) + 1, false)]
    [InlineData("MaximumRanges", 0, false)]
    [InlineData("MaximumRanges", 1, true)]
    [InlineData("MaximumRanges", 1000, true)]
    [InlineData("MaximumRanges", 1001, false)]
    public async Task A_limit_out_of_range_stops_the_start(string option, int value, bool starts)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [$"HttpQuery:{option}"] = value.ToString(CultureInfo.InvariantCulture) });
        builder.Services.AddHttpQuery();
        await using var app = builder.Build();

        var error = await Record.ExceptionAsync(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(starts, error is null);
        if (!starts) Assert.Contains(option, Assert.IsType<OptionsValidationException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registering_twice_changes_nothing()
    {
        await using var server = await QueryServer.StartAsync(
            app => app.MapQuery("/rfcs", (RfcQuery query) => "found"), builder => builder.Services.AddHttpQuery());

        Assert.Equal("application/json", (await server.SendAsync("QUERY /rfcs", "application/json", "{}"))["Accept-Query"]);
    }

    [Theory]
    [InlineData]
    [InlineData("sql")]
    [InlineData("application/sql", "a/b, c/d")]
    [InlineData("*/json")]
    public void A_malformed_media_type_is_refused_at_the_door(params string[] mediaTypes)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddHttpQuery();
        var app = builder.Build();

        Assert.Throws<ArgumentException>(() => app.MapQuery("/rfcs", context => Task.CompletedTask).WithAcceptQuery(mediaTypes));
    }

    [Fact]
    public async Task Metadata_that_accept_query_cannot_say_is_announced_as_the_next_wider_range()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/suffix", (HttpContext context) => "found").Accepts<RfcQuery>("application/*+xml");
            app.MapQuery("/star", (HttpContext context) => "found").Accepts<RfcQuery>("*/json");
            app.MapQuery("/accent", (HttpContext context) => "found").Accepts<RfcQuery>("application/x;a=\"é\"");
            app.MapQuery("/both", (HttpContext context) => "found").Accepts<RfcQuery>("text/xml", "application/*+xml", "application/sql;1x=2");
            app.MapQuery("/parameter", (HttpContext context) => "found").Accepts<RfcQuery>("application/sql;1x=2");
        });

        var suffix = await server.SendAsync("QUERY /suffix", "application/xslt+xml", "<a/>");
        Assert.Equal((200, "application/*"), (suffix.Status, suffix["Accept-Query"]));
        Assert.Equal("application/*+xml", (await server.SendAsync("QUERY /suffix", "text/xml", "<a/>"))["Accept"]);

        // All that is announced is accepted, where anything can be.
        Assert.Equal("text/xml", (await server.SendAsync("QUERY /both", "text/xml", "<a/>"))["Accept-Query"]);
        Assert.Equal("*/*", (await server.SendAsync("QUERY /star", "text/xml", "<a/>"))["Accept-Query"]);
        Assert.Equal((415, null), ((await server.SendAsync("QUERY /accent", "text/xml", "<a/>")).Status, (await server.SendAsync("QUERY /accent", "text/xml", "<a/>"))["Accept"]));
        var parameter = await server.SendAsync("QUERY /parameter", "application/sql; 1x=2", "select");
        Assert.Equal((200, "application/sql"), (parameter.Status, parameter["Accept-Query"]));
    }
}
