using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HttpQuery.Tests.Routing;

/// <summary>No shape of a handler loses its result: C# chooses between three overloads, one of which returns nothing.</summary>
public class MapQueryTests
{
    private static readonly Dictionary<string, Action<WebApplication>> Shapes = new()
    {
        ["method group, Task<IResult>"] = app => app.MapQuery("/", TaskOfResult),
        ["async method group, Task<IResult>"] = app => app.MapQuery("/", AsyncTaskOfResult),
        ["method group, Task"] = app => app.MapQuery("/", PlainTask),
        ["method group, ValueTask<IResult>"] = app => app.MapQuery("/", ValueTaskOfResult),
        ["method group, IResult"] = app => app.MapQuery("/", Result),
        ["method group, Task<string>"] = app => app.MapQuery("/", TaskOfString),
        ["method group, Task<T>"] = app => app.MapQuery("/", TaskOfValue),
        ["async (HttpContext c) => IResult"] = app => app.MapQuery("/", async (HttpContext c) => { await Task.Yield(); return Results.Text("ok"); }),
        ["async c => IResult"] = app => app.MapQuery("/", async c => { await Task.Yield(); return Results.Text("ok"); }),
        ["(HttpContext c) => IResult"] = app => app.MapQuery("/", (HttpContext c) => Results.Text("ok")),
        ["c => Task<IResult>"] = app => app.MapQuery("/", c => Task.FromResult(Results.Text("ok"))),
        ["async c => { }"] = app => app.MapQuery("/", async c => { await c.Response.WriteAsync("ok"); }),
        ["async (HttpContext c) => await"] = app => app.MapQuery("/", async (HttpContext c) => await c.Response.WriteAsync("ok")),
        ["RequestDelegate"] = app => app.MapQuery("/", new RequestDelegate(PlainTask)),
        ["(T) => IResult"] = app => app.MapQuery("/", (RfcQuery query) => Results.Text("ok")),
        ["method group, (T) => Task<IResult>"] = app => app.MapQuery("/", Bound),
        ["c => Task"] = app => app.MapQuery("/", c => c.Response.WriteAsync("ok")),
        ["async, two result types"] = app => app.MapQuery("/", async (HttpContext c) =>
        {
            await Task.Yield();
            return c.Request.Path == "/never" ? Results.NotFound() : Results.Text("ok");
        }),
        ["async, cast to IResult"] = app => app.MapQuery("/", async (HttpContext c) =>
        {
            await Task.Yield();
            return c.Request.Path == "/never" ? TypedResults.NotFound() : (IResult)TypedResults.Text("ok");
        }),
        ["(HttpContext, CancellationToken)"] = app => app.MapQuery("/", async (HttpContext c, CancellationToken stop) =>
        {
            await Task.Yield();
            return Results.Text("ok");
        }),
        ["Results<,> of a union"] = app => app.MapQuery("/", (Func<HttpContext, Task<Results<ContentHttpResult, NotFound>>>)Union),
        ["in a group"] = app => app.MapGroup("/").MapQuery("", TaskOfResult),
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Every_shape_sends_its_result(string shape)
    {
        await using var server = await QueryServer.StartAsync(Shapes[shape]);
        var response = await server.SendAsync("QUERY /", "application/json", "{}");

        Assert.Equal(200, response.Status);
        Assert.Equal(shape is "method group, Task<T>" ? """{"match":"ok","fromYear":0}""" : "ok", response.ContentText);
    }

    [Fact]
    public void There_are_22_shapes() => Assert.Equal(22, Shapes.Count);

    [Fact]
    public async Task A_derived_value_is_written_whole()
    {
        await using var server = await QueryServer.StartAsync(app => app.MapQuery("/", c => Task.FromResult<object>(new RfcQuery("a"))));

        Assert.Equal("""{"match":"a","fromYear":0}""", (await server.SendAsync("QUERY /", "text/x", "q")).ContentText);
    }

    [Fact]
    public async Task A_null_value_is_sent_as_the_framework_sends_it()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/value", c => Task.FromResult<RfcQuery?>(null));
            app.MapPost("/value", RfcQuery? () => null);
        });

        Assert.Equal((await server.SendAsync("POST /value", null, "")).ContentText, (await server.SendAsync("QUERY /value", "text/x", "q")).ContentText);
    }

    [Fact]
    public async Task An_endpoint_filter_gets_the_result_before_it_is_written()
    {
        await using var server = await QueryServer.StartAsync(app =>
        {
            app.MapQuery("/context", async (HttpContext c) => { await Task.Yield(); return "inner"; }).AddEndpointFilter(Filter);
            app.MapQuery("/bound", (RfcQuery query) => "inner").AddEndpointFilter(Filter);
            app.MapQuery("/typed", (RfcQuery query, HttpContext c) => Task.FromResult(Results.Text("inner")), TestJson.Default.RfcQuery)
                .AddEndpointFilter(async (context, next) => await next(context) is IResult ? Results.Text("filtered(result)") : "lost");
        });

        Assert.Equal("filtered(inner)", (await server.SendAsync("QUERY /context", "application/json", "{}")).ContentText);
        Assert.Equal("filtered(inner)", (await server.SendAsync("QUERY /bound", "application/json", "{}")).ContentText);
        Assert.Equal("filtered(result)", (await server.SendAsync("QUERY /typed", "application/json", "{}")).ContentText);

        static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next) => $"filtered({await next(context)})";
    }

    private static Task<IResult> TaskOfResult(HttpContext context) => Task.FromResult(Results.Text("ok"));

    private static async Task<IResult> AsyncTaskOfResult(HttpContext context)
    {
        await Task.Yield();
        return Results.Text("ok");
    }

    private static Task PlainTask(HttpContext context) => context.Response.WriteAsync("ok");

    private static ValueTask<IResult> ValueTaskOfResult(HttpContext context) => new(Results.Text("ok"));

    private static IResult Result(HttpContext context) => Results.Text("ok");

    private static Task<string> TaskOfString(HttpContext context) => Task.FromResult("ok");

    private static Task<RfcQuery> TaskOfValue(HttpContext context) => Task.FromResult(new RfcQuery("ok"));

    private static Task<IResult> Bound(RfcQuery query) => Task.FromResult(Results.Text("ok"));

    private static Task<Results<ContentHttpResult, NotFound>> Union(HttpContext context) =>
        Task.FromResult<Results<ContentHttpResult, NotFound>>(TypedResults.Text("ok"));
}
