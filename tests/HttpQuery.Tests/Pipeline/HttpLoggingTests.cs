using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Tests.Pipeline;

/// <summary>What logs say of a QUERY: never its content, which is as sensitive as a URI would be (RFC 10008 §4).</summary>
public class HttpLoggingTests
{
    private const string Secret = "{\"match\":\"secret\"}";

    [Theory, InlineData(false), InlineData(true)]
    public async Task Query_content_stays_out_of_the_log(bool combined)
    {
        var log = new LogLines();
        await using (var server = await StartAsync(log, combined))
        {
            foreach (var path in new[] { "/bound", "/raw", "/keyed", "/nowhere" })
                await server.SendAsync($"QUERY {path}", "application/json", Secret, ["X-Own: own"]);
            await server.SendAsync("query /bound", "application/json", Secret);
            await server.SendAsync("QUERY /bound", "application/json", Secret + "secret");
            await server.SendAsync("QUERY /bound", "text/plain", "secret");
        }

        Assert.Contains("Method: QUERY", log.Text, StringComparison.Ordinal);
        foreach (var path in new[] { "/bound", "/raw", "/keyed", "/nowhere" }) Assert.Contains($"Path: {path}", log.Text, StringComparison.Ordinal);
        Assert.Contains("found", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_content_of_other_methods_is_logged_as_ever()
    {
        var log = new LogLines();
        await using (var server = await StartAsync(log)) await server.SendAsync("POST /bound", "application/json", Secret);

        Assert.Contains(Secret, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_wants_its_content_logged_is_taken_at_its_word()
    {
        var log = new LogLines();
        await using (var server = await StartAsync(log)) await server.SendAsync("QUERY /open", "application/json", Secret);

        Assert.Contains(Secret, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interceptor_of_the_applications_own_still_runs()
    {
        var log = new LogLines();
        await using (var server = await StartAsync(log, configure: services => services.AddHttpLoggingInterceptor<Own>()))
            await server.SendAsync("QUERY /bound", "application/json", Secret);

        Assert.Contains("Own: seen", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", log.Text, StringComparison.Ordinal);
    }

    private static Task<QueryServer> StartAsync(LogLines log, bool combined = false, Action<IServiceCollection>? configure = null) => QueryServer.StartAsync(
        app =>
        {
            app.UseHttpLogging();
            app.MapQuery("/bound", (RfcQuery query) => "found");
            app.MapQuery("/keyed", (RfcQuery query) => "found").WithQueryKey().WithETag();
            app.MapQuery("/raw", async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                Assert.NotEmpty(await reader.ReadToEndAsync());
                await context.Response.WriteAsync("found");
            });
            app.MapQuery("/open", (RfcQuery query) => "found").WithHttpLogging(HttpLoggingFields.All);
            app.MapPost("/bound", (RfcQuery query) => "changed");
        },
        builder =>
        {
            builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
            builder.Services.AddHttpLogging(options => (options.LoggingFields, options.CombineLogs) = (HttpLoggingFields.All, combined));
            configure?.Invoke(builder.Services);
        });

    private sealed class Own : IHttpLoggingInterceptor
    {
        public ValueTask OnRequestAsync(HttpLoggingInterceptorContext logContext)
        {
            logContext.AddParameter("Own", "seen");
            return default;
        }

        public ValueTask OnResponseAsync(HttpLoggingInterceptorContext logContext) => default;
    }
}
