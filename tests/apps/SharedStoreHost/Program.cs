using System.Collections.Concurrent;
using HttpQuery;
using HttpQuery.Caching;
using HttpQuery.Tests.SqliteStore;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var (name, at) = (Argument("name"), Argument("at"));
var services = builder.Services;
services.AddHttpQuery();
services.AddHttpQueryCache();
switch (Argument("store"))
{
    case "output-redis":
        services.AddStackExchangeRedisOutputCache(redis => redis.Configuration = at);
        services.AddSingleton<IQueryCacheStore, OutputCacheQueryStore>();
        break;
    case "hybrid-redis":
        // Processes share one Redis, but stores of different formats must not read each other's values.
        services.AddStackExchangeRedisCache(redis => (redis.Configuration, redis.InstanceName) = (at, "hybrid:"));
        services.AddHybridCache();
        services.AddSingleton<IQueryCacheStore>(provider => new HybridCacheQueryStore(provider.GetRequiredService<Microsoft.Extensions.Caching.Hybrid.HybridCache>()));
        break;
    case "distributed-redis":
        services.AddStackExchangeRedisCache(redis => (redis.Configuration, redis.InstanceName) = (at, "distributed:"));
        services.AddSingleton<IQueryCacheStore, DistributedCacheQueryStore>();
        break;
    case "sqlite":
        services.AddSingleton<IQueryCacheStore>(new SqliteQueryStore(at));
        break;
    case var other:
        throw new InvalidOperationException($"--store {other} is unknown.");
}

var app = builder.Build();
app.UseHttpQueryCache();

// Each answer is another one, and tells which process has made it. A QUERY with the content "hold" is answered when /release has been called for its path.
var count = 0;
var held = new ConcurrentDictionary<string, Held>();
app.MapQuery("/{**path}", async context =>
{
    var number = Interlocked.Increment(ref count);
    if (await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted) is "hold")
    {
        var one = HeldAt(context.Request.Path);
        one.Begun.TrySetResult();
        await one.Released.Task.WaitAsync(context.RequestAborted);
    }
    context.Response.Headers.CacheControl = "max-age=600";
    await context.Response.WriteAsync($"{name}{number}");
}).CacheQuery(policy => policy.Tag(context => [context.Request.Path]));

app.MapPost("/{**path}", () => Results.NoContent());

app.MapGet("/begun", (string path) => HeldAt(path).Begun.Task);
app.MapGet("/release", (string path) => HeldAt(path).Released.SetResult());
app.MapGet("/evict", (string uri, QueryCache cache) => cache.EvictAsync(new Uri(uri)));
app.MapGet("/evict-tag", (string tag, QueryCache cache) => cache.EvictByTagAsync(tag));

await app.StartAsync();
Console.WriteLine($"listening {new Uri(app.Urls.First()).Port}");

// The standard input ends with the process that has started this one.
await Console.In.ReadToEndAsync();

string Argument(string key) => builder.Configuration[key] ?? throw new InvalidOperationException($"--{key} is missing.");

Held HeldAt(string path) => held.GetOrAdd(path, _ => new(new(), new()));

internal sealed record Held(TaskCompletionSource Begun, TaskCompletionSource Released);
