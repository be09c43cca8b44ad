using AotHost;
using HttpQuery;
using Microsoft.AspNetCore.Http.HttpResults;

// Each path is a shape that loses its result, or fails at run time, where a door is built wrongly for native AOT.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddProblemDetails();
builder.Services.AddHttpQuery();
builder.Services.AddHttpQueryCache();
builder.Services.AddOutputCache();
builder.Services.AddSingleton(new Greeting("hello"));
builder.AddClient();
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, AotJson.Default));
var app = builder.Build();
app.UseHttpQueryCache();
app.UseOutputCache();

// Handlers with bound parameters: the framework's generator intercepts MapMethods.
app.MapMethods("/bound/{id:int}", Methods.Query, (int id, Point point, Greeting greeting) => new Answer($"{greeting.Text} {id} {point.X}"));
app.MapMethods("/bound-task", Methods.Query, Task<Answer> (Point point) => Task.FromResult(new Answer($"task {point.X}")));
app.MapMethods("/bound-value", Methods.Query, ValueTask<Point> (Point point) => new(point with { Y = 7 }));
app.MapMethods("/bound-union", Methods.Query, Results<Ok<Answer>, UnprocessableQuery> (Point point) =>
    point.X < 0 ? QueryResults.UnprocessableQuery("x is negative", new Dictionary<string, string[]> { ["x"] = ["negative"] }) : TypedResults.Ok(new Answer("union")));
app.MapMethods("/bound-parameters", Methods.Query, ([AsParameters] Parameters parameters) => new Answer($"{parameters.Name} {parameters.Point.X}"));

// Our own doors.
app.MapQuery("/delegate", context => context.Response.WriteAsync("delegate"));
app.MapQuery("/result", async (HttpContext context) =>
{
    await Task.Yield();
    return Results.Text("result");
});
app.MapQuery("/text", context => Task.FromResult("text"));
app.MapQuery("/value", context => Task.FromResult(new Answer("value")));
app.MapQuery("/typed", (Point point, HttpContext context) => Task.FromResult(new Answer($"typed {point.X}")), AotJson.Default.Point, AotJson.Default.Answer);
app.MapQuery("/typed-result", (Point point, HttpContext context) => Task.FromResult<IResult>(
    point.X < 0 ? QueryResults.UnprocessableQuery("x is negative") : TypedResults.Ok(new Answer("typed result"))), AotJson.Default.Point);
app.MapQuery("/sql", context => Task.FromResult("sql")).WithAcceptQuery("application/sql");

// What refines an endpoint.
app.MapMethods("/produced", Methods.Query, (Point point) => new Answer("produced")).WithResponseWriter<Answer>("text/csv", (answer, context) => context.Response.WriteAsync(answer.Text));
app.MapQuery("/stated", async context => await context.CheckConditionsAsync(context.CreateEntityTag("v1")) ?? TypedResults.Text("stated")).WithQueryKey();
app.MapMethods("/tagged", Methods.Query, (Point point) => new Answer("tagged")).WithETag().WithRanges();
app.MapQuery("/bytes", async context => await Task.FromResult<IResult>(QueryResults.Bytes("0123456789"u8.ToArray(), "text/plain")));

// Caches: each answer has another number.
var count = 0;
app.MapQuery("/cached", context => Task.FromResult($"cached {++count}")).CacheQuery(policy => policy.Expire(TimeSpan.FromHours(1)));
app.MapQuery("/output-cached", context => Task.FromResult($"cached {++count}")).CacheOutput(policy => policy.Expire(TimeSpan.FromHours(1)).VaryByQueryContent());

// The client.
app.MapClient();

await app.StartAsync();
Console.WriteLine($"listening {new Uri(app.Urls.First()).Port}");
await app.WaitForShutdownAsync();
