using System.IO.Pipelines;
using System.Text.Json;
using HttpQuery.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static HttpQuery.Tests.Endpoints.Contracts;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Which minimal API handlers cannot tell how their JSON content was spelled (RFC 10008 §2.7).</summary>
public sealed class HandlerNormalizationTests
{
    private static readonly string[] Query = ["QUERY"];

    private static readonly Dictionary<string, Action<WebApplication>> Bound = new()
    {
        ["parameter"] = app => app.MapMethods("/a", Query, (Plain query) => Show(query)),
        ["parameter by MapQuery"] = app => app.MapQuery("/a", (Plain query) => Show(query)),
        ["FromBody"] = app => app.MapMethods("/a", Query, ([FromBody] Plain query) => Show(query)),
        ["optional"] = app => app.MapMethods("/a", Query, (Plain? query) => Show(query)),
        ["method"] = app => app.MapMethods("/a", Query, Search),
        ["with other sources"] = app => app.MapMethods("/a/{id?}", Query, (Plain query, string? id, int? page, Service service, CancellationToken token) => Show(query) + id + page + service.Name),
        ["AsParameters"] = app => app.MapMethods("/a", Query, ([AsParameters] Parameters parameters) => Show(parameters.Query)),
        ["with the context, whose content is read"] = app => app.MapMethods("/a", Query, async (Plain query, HttpContext context) => Show(query) + await NormalizationServer.ReadRestAsync(context)),
        ["with the request, whose content is read"] = app => app.MapMethods("/a", Query, async (Plain query, HttpRequest request) => Show(query) + (await request.BodyReader.ReadAsync()).Buffer.Length),
        ["with a filter, for which the content is read"] = app => app.MapMethods("/a", Query, (Plain query) => Show(query))
            .AddEndpointFilter(async (context, next) => await NormalizationServer.ReadRestAsync(context.HttpContext) + await next(context)),
        ["in a group"] = app => app.MapGroup("/a").AddEndpointFilter((context, next) => next(context)).MapMethods("", Query, (Plain query) => Show(query)),
        ["of any method"] = app => app.Map("/a", ([FromBody] Plain query) => Show(query)),
        ["of several methods"] = app => app.MapMethods("/a", ["POST", "QUERY"], (Plain query) => Show(query)),
        ["with all refinements"] = app => app.MapMethods("/a", Query, (Plain query) => Show(query)).WithQueryKey().WithETag().WithRanges().WithProduces("text/plain"),
        ["beside another media type"] = app =>
        {
            app.MapMethods("/a", Query, (Plain query) => Show(query));
            app.MapQuery("/a", NormalizationServer.ReadRestAsync).WithAcceptQuery("text/plain");
        },
        ["metadata form"] = app => app.MapQuery("/a", (Plain query, HttpContext _) => Task.FromResult(Show(query)), ContractJson.Default.Plain, TestJson.Default.String),
        ["metadata form with a result"] = app => app.MapQuery("/a", (Plain query, HttpContext _) => Task.FromResult(Results.Text(Show(query))), ContractJson.Default.Plain),
        ["metadata form with a response writer"] = app => app.MapQuery("/a", (Plain query, HttpContext _) => Task.FromResult(Show(query)), ContractJson.Default.Plain, TestJson.Default.String)
            .WithResponseWriter<string>("text/csv", (text, context) => context.Response.WriteAsync(text)),
        ["metadata form, whose content is read"] = app => app.MapQuery(
            "/a", async (Plain query, HttpContext context) => Show(query) + await NormalizationServer.ReadRestAsync(context), ContractJson.Default.Plain, TestJson.Default.String),
    };

    private static readonly Dictionary<string, Action<WebApplication>> Raw = new()
    {
        ["request delegate"] = app => app.MapMethods("/a", Query, WriteContentAsync),
        ["request delegate by MapQuery"] = app => app.MapQuery("/a", WriteContentAsync),
        ["request delegate that is said to accept a type"] = app => app.MapMethods("/a", Query, WriteContentAsync).WithMetadata(new AcceptsMetadata(["application/json"], typeof(Plain))),
        ["handler of the context"] = app => app.MapQuery("/a", NormalizationServer.ReadRestAsync),
        ["handler of the context that is said to accept a type"] = app => app.MapQuery("/a", NormalizationServer.ReadRestAsync).Accepts<Plain>("application/json"),
        ["handler of the request that is said to accept a type"] = app => app.MapMethods("/a", Query, (HttpRequest request) => NormalizationServer.ReadRestAsync(request.HttpContext)).Accepts<HttpRequest>("application/json"),
        ["handler of a service that is said to be content"] = app => app.MapMethods("/a", Query, (Service service, HttpContext context) => NormalizationServer.ReadRestAsync(context)).Accepts<Service>("application/json"),
        ["handler of a named service that is said to be content"] = app => app
            .MapMethods("/a", Query, ([FromServices] Service service, HttpContext context) => NormalizationServer.ReadRestAsync(context)).Accepts<Service>("application/json"),
        ["stream"] = app => app.MapMethods("/a", Query, (Stream content) => new StreamReader(content).ReadToEndAsync()),
        ["stream as FromBody"] = app => app.MapMethods("/a", Query, ([FromBody] Stream content) => new StreamReader(content).ReadToEndAsync()).Accepts<Stream>("application/json"),
        ["pipe"] = app => app.MapMethods("/a", Query, (PipeReader content) => new StreamReader(content.AsStream()).ReadToEndAsync()),
        ["type that binds itself"] = app => app.MapMethods("/a", Query, (SelfBound content) => content.Text).Accepts<SelfBound>("application/json"),
        ["type that binds itself beside the content"] = app => app.MapMethods("/a", Query, (SelfBound content, Plain query) => content.Text),
        ["type that binds itself in AsParameters"] = app => app.MapMethods("/a", Query, ([AsParameters] SelfBoundParameters parameters) => parameters.Content.Text),
        ["element"] = app => app.MapMethods("/a", Query, (JsonElement query) => Show(query)),
        ["element in AsParameters"] = app => app.MapMethods("/a", Query, ([AsParameters] ElementParameters parameters) => Show(parameters.Query)),
        ["catch-all forwarder"] = app => app.Map("/{**path}", WriteContentAsync).WithMetadata(new HttpMethodMetadata(["QUERY", "GET"])),
        ["fallback"] = app => app.MapFallback(WriteContentAsync),
        ["delegate that a convention has put before"] = app => app.MapMethods("/a", Query, (Plain query) => Show(query)).Add(WriteContentFirst),
        ["delegate that a convention of the group has put before"] = app =>
        {
            var group = app.MapGroup("/a");
            ((IEndpointConventionBuilder)group).Finally(WriteContentFirst);
            group.MapMethods("", Query, (Plain query) => Show(query));
        },
        ["metadata form with a filter"] = app => app.MapQuery("/a", (Plain query, HttpContext _) => Task.FromResult(Show(query)), ContractJson.Default.Plain, TestJson.Default.String)
            .AddEndpointFilter(async (context, _) => await NormalizationServer.ReadRestAsync(context.HttpContext)),
        ["metadata form in a group with a filter"] = app => app.MapGroup("/a").AddEndpointFilter(async (context, _) => await NormalizationServer.ReadRestAsync(context.HttpContext))
            .MapQuery("", (Plain query, HttpContext _) => Task.FromResult(Show(query)), ContractJson.Default.Plain, TestJson.Default.String),
        ["metadata form of an open type"] = app => app.MapQuery("/a", (WithOverflow query, HttpContext _) => Task.FromResult(Show(query)), ContractJson.Default.WithOverflow, TestJson.Default.String),
    };

    public static TheoryData<string> BoundNames => [.. Bound.Keys];

    public static TheoryData<string> RawNames => [.. Raw.Keys];

    [Theory]
    [MemberData(nameof(BoundNames))]
    public async Task A_handler_whose_content_is_bound_cannot_tell_spellings_apart(string name)
    {
        await using var server = await StartAsync(Bound[name]);
        Assert.Equal(("JsonSpelling", true), await server.AskAsync("/a"));
    }

    [Theory]
    [MemberData(nameof(RawNames))]
    public async Task A_handler_that_has_the_content_tells_spellings_apart(string name)
    {
        await using var server = await StartAsync(Raw[name]);
        Assert.Equal(("None", false), await server.AskAsync("/a"));
    }

    [Theory]
    [InlineData("parameter")]
    [InlineData("AsParameters")]
    [InlineData("with a filter, for which the content is read")]
    public async Task Without_AddHttpQuery_the_framework_binds_all_the_same(string name)
    {
        await using var server = await StartAsync(Bound[name], plain: true);
        Assert.Equal(("JsonSpelling", true), await server.AskAsync("/a"));
    }

    [Fact]
    public async Task Validation_by_the_framework_is_no_filter_of_the_application()
    {
        await using var server = await StartAsync(Bound["metadata form"], builder => builder.Services.AddValidation());
        Assert.Equal(("JsonSpelling", true), await server.AskAsync("/a"));
    }

    // A form, and a parameter that may stand in the URI alone, are not JSON content.
    [Fact]
    public async Task What_is_bound_from_elsewhere_is_no_content()
    {
        await using var server = await StartAsync(app =>
        {
            app.MapMethods("/form", Query, ([FromForm] Plain query) => "form").DisableAntiforgery();
            app.MapMethods("/query", Query, ([FromQuery] string? query) => "query").Accepts<string>("application/json");
            app.MapMethods("/none", Query, () => "none").Accepts<Plain>("application/json");
        });
        Assert.Equal("None", (await server.SendAsync("QUERY /form", "application/x-www-form-urlencoded", "A=1"))["Claims"]);
        Assert.Equal("None", (await server.AskAsync("/query")).Claims);
        Assert.Equal("None", (await server.AskAsync("/none")).Claims);
    }

    // Such an application shows where the error stands in a response that succeeds.
    [Fact]
    public async Task An_exception_of_binding_that_the_application_answers_tells_spellings_apart()
    {
        static void Map(WebApplication app)
        {
            app.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (BadHttpRequestException exception)
                {
                    await context.Response.WriteAsync($"{exception.InnerException?.Message}");
                }
            });
            Bound["parameter"](app);
        }

        static void Throw(WebApplicationBuilder builder) => builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        await using (var server = await StartAsync(Map, Throw, plain: true))
            Assert.Equal(("None", false), await server.AskAsync("/a", """{"a":"x"}""", """ {"a":"x"}"""));
        await using (var server = await StartAsync(Map, Throw))
        {
            Assert.Equal("JsonSpelling", (await server.AskAsync("/a")).Claims);
            Assert.Equal(400, (await server.SendAsync("QUERY /a", "application/json", """ {"a":"x"}""")).Status);
        }
    }

    [Fact]
    public async Task Content_that_can_be_read_again_tells_spellings_apart()
    {
        await using var server = await StartAsync(Bound["with the context, whose content is read"], before: app => app.Use((context, next) =>
        {
            context.Request.EnableBuffering();
            return next(context);
        }));
        Assert.Equal(("None", false), await server.AskAsync("/a"));
    }

    [Fact]
    public async Task Content_that_is_made_readable_again_behind_the_cache_shows_when_the_response_starts()
    {
        await using var server = await StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers["Found"] = $"{EndpointNormalizations.Get(context)}";
                    return Task.CompletedTask;
                });
                if (context.Request.Query.ContainsKey("buffer")) context.Request.EnableBuffering();
                return next(context);
            });
            Bound["with the context, whose content is read"](app);
        });
        Assert.Equal(("JsonSpelling", true), await server.AskAsync("/a"));
        Assert.Equal(("JsonSpelling", false), await server.AskAsync("/a?buffer"));
        Assert.Equal("JsonSpelling", (await server.SendAsync("QUERY /a", "application/json", "{}"))["Found"]);
        Assert.Equal("None", (await server.SendAsync("QUERY /a?buffer", "application/json", "{}"))["Found"]);
    }

    [Fact]
    public async Task The_second_look_at_an_endpoint_allocates_nothing()
    {
        var allocated = new List<long>();
        await using var server = await StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 1000; i++) _ = EndpointNormalizations.Get(context);
                allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
                return next(context);
            });
            Bound["parameter"](app);
        });
        await server.AskAsync("/a");
        Assert.Equal([0, 0], allocated);
    }

    private static Task<NormalizationServer> StartAsync(
        Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? before = null, bool plain = false) => NormalizationServer.StartAsync(
        map,
        builder =>
        {
            builder.Services.AddSingleton(new Service("service"));
            configure?.Invoke(builder);
        },
        before,
        plain);

    private static string Search(Plain query) => Show(query);

    private static async Task WriteContentAsync(HttpContext context) => await context.Response.WriteAsync(await NormalizationServer.ReadRestAsync(context));

    private static void WriteContentFirst(EndpointBuilder endpoint) => endpoint.RequestDelegate = WriteContentAsync;

    private sealed record Service(string Name);

    private readonly record struct Parameters(string? Id, Plain Query);

    private readonly record struct ElementParameters(string? Id, JsonElement Query);

    private readonly record struct SelfBoundParameters(SelfBound Content, Plain Query);

    private sealed class SelfBound(string text)
    {
        public string Text => text;

        public static async ValueTask<SelfBound?> BindAsync(HttpContext context)
        {
            context.Request.EnableBuffering();
            var text = await NormalizationServer.ReadRestAsync(context);
            context.Request.Body.Position = 0;
            return new(text);
        }
    }
}
