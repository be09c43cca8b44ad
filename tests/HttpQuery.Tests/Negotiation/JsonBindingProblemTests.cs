using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HttpQuery.Tests.Negotiation;

/// <summary>A QUERY whose JSON does not bind is answered by this package, also where the application has a problem details service, to which .NET 11 hands the
/// raw JsonException (RFC 10008 §2.1; row M4).</summary>
public class JsonBindingProblemTests
{
    private const string Malformed = "{\"match\":\n\"a\",\"secret\":secret}";

    public static TheoryData<string, string> Endpoints() => new MatrixTheoryData<string, string>(
        ["Production", "Development"],
        ["/bound", "/both", "/optional", "/filtered", "/with-etag", "/typed", "/wide", "/mvc/api", "/mvc/api/both", "/mvc/plain"]);

    [Theory, MemberData(nameof(Endpoints))]
    public async Task The_answer_has_the_position_and_nothing_of_the_content(string environment, string path)
    {
        foreach (var serviceFirst in new[] { true, false })
        {
            var customized = 0;
            await using var server = await StartAsync(environment, services => services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
            {
                customized++;
                problem.ProblemDetails.Extensions["house"] = "ours";
            }), serviceFirst);

            var response = await server.SendAsync($"QUERY {path}", "application/json", Malformed);

            AssertLocated(response);

            // MVC's own writer does not know the options of the service.
            if (path.StartsWith("/mvc", StringComparison.Ordinal)) continue;
            Assert.Equal(1, customized);
            Assert.Contains("\"house\":\"ours\"", response.ContentText, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("Production"), InlineData("Development")]
    public async Task A_service_of_the_applications_own_is_given_that_answer(string environment)
    {
        foreach (var serviceFirst in new[] { true, false })
        {
            await using var server = await StartAsync(environment, services => services.Replace(ServiceDescriptor.Singleton<IProblemDetailsService, OwnService>()), serviceFirst);
            foreach (var path in new[] { "/bound", "/both", "/optional", "/filtered", "/with-etag", "/typed", "/wide", "/mvc/api" })
            {
                var response = await server.SendAsync($"QUERY {path}", "application/json", Malformed);

                AssertLocated(response);
                Assert.Contains("\"by\":\"own\"", response.ContentText, StringComparison.Ordinal);
            }
            foreach (var path in new[] { "/bound", "/typed", "/other-type" })
            {
                var response = await server.SendAsync($"QUERY {path}", "application/json", new string(' ', 70_000) + Malformed);
                if (environment is "Production") Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
            }
            Assert.Equal("400 own", (await server.SendAsync("QUERY /reports", "application/json", "{}")).ContentText);
        }
    }

    [Fact]
    public async Task A_writer_of_the_applications_own_is_given_that_answer()
    {
        foreach (var serviceFirst in new[] { true, false })
        {
            await using var server = await StartAsync(
                "Production", services => services.AddSingleton<IProblemDetailsWriter, OwnWriter>().AddProblemDetails(), serviceFirst);

            var response = await server.SendAsync("QUERY /bound", "application/json", Malformed);
            AssertLocated(response);
            Assert.Contains("\"by\":\"own\"", response.ContentText, StringComparison.Ordinal);
            Assert.Contains("\"by\":\"own\"", (await server.SendAsync("QUERY /reports", "application/json", "{}")).ContentText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_handler_finds_its_other_services_where_the_applications_service_is_its_own()
    {
        await using var server = await QueryServer.StartAsync(
            app => app.MapQuery("/services", (RfcQuery query, HttpContext context, [FromKeyedServices("b")] List<int> b, IServiceProvider scope) =>
                $"{context.RequestServices.GetRequiredService<List<int>>().Count} {context.RequestServices.GetRequiredKeyedService<List<int>>("b").Count} {b.Count} "
                + $"{context.RequestServices.GetKeyedService<List<int>>("c") is null} {scope.GetRequiredService<Counter>() == context.RequestServices.GetService<Counter>()}"),
            builder => builder.Services
                .AddSingleton<IProblemDetailsService, OwnService>()
                .AddSingleton<List<int>>([1])
                .AddKeyedSingleton<List<int>>("b", [1, 2])
                .AddScoped<Counter>());

        Assert.Equal("1 2 2 True True", (await server.SendAsync("QUERY /services", "application/json", "{}")).ContentText);
    }

    [Fact]
    public async Task Content_without_a_position_is_not_repeated_either()
    {
        await using var server = await StartAsync("Production", services => services.AddProblemDetails(), serviceFirst: true);
        var tooLong = Encoding.UTF8.GetBytes("{\"match\":\"" + new string('x', 70_000) + "\",secret}");
        foreach (var path in new[] { "/bound", "/other-type", "/wide" })
        {
            AssertUnlocated(await server.SendOctetsAsync($"QUERY {path}", "application/json", tooLong));
            AssertUnlocated(await server.SendOctetsAsync($"QUERY {path}", "application/json; charset=utf-16", Encoding.Unicode.GetBytes(Malformed)));
        }

        static void AssertUnlocated(RawResponse response)
        {
            Assert.Equal(400, response.Status);
            Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"errors\"", response.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"line\"", response.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_handler_whose_metadata_names_another_type_repeats_nothing()
    {
        await using var server = await StartAsync("Production", services => services.AddProblemDetails(), serviceFirst: true);

        var response = await server.SendAsync("QUERY /other-type", "application/json", Malformed);
        Assert.Equal(400, response.Status);
        Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"errors\"", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_declines_leaves_the_answer_to_this_package()
    {
        await using var server = await StartAsync("Production", services => services.AddProblemDetails(), serviceFirst: true);

        AssertLocated(await server.SendAsync("QUERY /bound", "application/json", Malformed, ["Accept: text/csv"]));
    }

    [Fact]
    public async Task What_the_handler_itself_reports_stays_as_it_is()
    {
        await using var server = await StartAsync("Production", services => services.AddProblemDetails(), serviceFirst: true);

        var response = await server.SendAsync("QUERY /reports", "application/json", "{}");
        Assert.Equal(400, response.Status);
        Assert.Contains("\"detail\":\"the handler's own\"", response.ContentText, StringComparison.Ordinal);
    }

    [Theory, InlineData("Production", "/bound"), InlineData("Development", "/bound"), InlineData("Production", "/both"), InlineData("Production", "/elsewhere")]
    public async Task Other_methods_and_paths_get_what_the_framework_says(string environment, string path)
    {
        await using var with = await StartAsync(environment, services => services.AddProblemDetails(), serviceFirst: true);
        await using var without = await QueryServer.StartAsync(
            app => app.MapPost(path, (RfcQuery query) => "found"), builder => builder.Services.AddProblemDetails(), environment, plain: true);

        var expected = await without.SendAsync($"POST {path}", "application/json", Malformed);
        var actual = await with.SendAsync($"POST {path}", "application/json", Malformed);
        Assert.Equal((expected.Status, expected["Content-Type"]), (actual.Status, actual["Content-Type"]));
        if (environment is "Production") Assert.Equal(Members(expected), Members(actual));

        static string Members(RawResponse response)
        {
            if (response.Content.Length == 0) return "";
            using var problem = JsonDocument.Parse(response.Content);
            return string.Join('\n', problem.RootElement.EnumerateObject().Where(member => member.Name is not "traceId").Select(member => member.ToString()));
        }
    }

    private static void AssertLocated(RawResponse response)
    {
        Assert.Equal(400, response.Status);
        Assert.StartsWith("application/problem+json", response["Content-Type"], StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(response.Content);
        Assert.Equal((2, 14), (problem.RootElement.GetProperty("line").GetInt32(), problem.RootElement.GetProperty("byte").GetInt32()));
        Assert.False(problem.RootElement.TryGetProperty("errors", out _));
        Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("JsonException", response.Text, StringComparison.Ordinal);
    }

    private static Task<QueryServer> StartAsync(string environment, Action<IServiceCollection> addService, bool serviceFirst) => QueryServer.StartAsync(
        Map,
        builder =>
        {
            if (serviceFirst) addService(builder.Services);
            builder.Services.AddHttpQuery();
            builder.Services.AddControllers();
            if (!serviceFirst) addService(builder.Services);
        },
        environment,
        plain: true);

    private static void Map(WebApplication app)
    {
        app.MapQuery("/bound", (RfcQuery query) => "found");
        app.MapPost("/bound", (RfcQuery query) => "found");
        app.MapMethods("/both", ["POST", "QUERY"], (RfcQuery query) => "found");
        app.MapPost("/elsewhere", (RfcQuery query) => "found");
        app.MapQuery("/optional", (RfcQuery? query) => "found");
        app.MapQuery("/filtered", (RfcQuery query) => "found").AddEndpointFilter((context, next) => next(context));
        app.MapQuery("/with-etag", (RfcQuery query) => "found").WithETag().WithQueryKey();
        app.MapQuery("/typed", (RfcQuery query, HttpContext context) => Task.FromResult("found"), TestJson.Default.RfcQuery, TestJson.Default.String);
        app.MapQuery("/wide", (RfcQuery query) => "found").WithAcceptQuery("application/*");
        app.MapQuery("/other-type", (RfcQuery query) => "found").Accepts<string>("application/json");
        app.MapQuery("/reports", async (RfcQuery query, HttpContext context, IProblemDetailsService problems) =>
        {
            context.Response.StatusCode = 400;
            await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new()
            {
                HttpContext = context,
                Exception = new JsonException("own"),
                ProblemDetails = new() { Status = 400, Detail = "the handler's own" },
            });
        });
        app.MapControllers();
    }

    private sealed class Counter;

    private sealed class OwnWriter : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public async ValueTask WriteAsync(ProblemDetailsContext context)
        {
            context.ProblemDetails.Extensions["by"] = "own";
            await context.HttpContext.Response.WriteAsJsonAsync<object>(context.ProblemDetails, options: null, "application/problem+json");
        }
    }

    private sealed class OwnService : IProblemDetailsService
    {
        public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            if (context.Exception is not null && context.ProblemDetails.GetType() == typeof(ProblemDetails))
            {
                await context.HttpContext.Response.WriteAsync($"{context.ProblemDetails.Status} {context.Exception.Message}");
                return true;
            }
            context.ProblemDetails.Extensions["by"] = "own";
            await context.HttpContext.Response.WriteAsJsonAsync<object>(context.ProblemDetails, options: null, "application/problem+json");
            return true;
        }
    }
}
