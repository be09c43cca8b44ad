using HttpQuery.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Equivalents;

/// <summary>A Redis that goes and comes back: queries are answered, stored URIs get 503, and then 404 until the next QUERY.</summary>
public sealed class RedisOutageTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task While_Redis_is_down_a_QUERY_is_answered_and_a_stored_URI_is_503()
    {
        await using var redis = await StartRedisAsync();
        await using var a = await StartAsync(redis);
        await using var b = await StartAsync(redis);
        var known = await NamedAsync(a);
        var (location, result) = (known["Location"]!, known["Content-Location"]!);
        Assert.Equal(200, (await a.GetAsync(location)).Status);
        await UntilAsync(() => b.GetAsync(location), get => get.Status == 200);

        await redis.KillAsync();
        foreach (var uri in (string[])[location, result])
        {
            foreach (var machine in (EquivalentApp[])[a, b])
            {
                var get = await machine.GetAsync(uri);
                Assert.Equal((503, "1", "no-store"), (get.Status, get["Retry-After"], get["Cache-Control"]));
                Assert.Equal("application/problem+json", get["Content-Type"]);
                Assert.Equal(503, (await machine.SendAsync($"HEAD {uri}", null, null, [])).Status);
            }
        }

        for (var i = 0; i < 5; i++)
        {
            var query = await a.QueryAsync($$"""{"match":"during the outage {{i}}"}""");
            Assert.Equal((200, null, null), (query.Status, query["Location"], query["Content-Location"]));
        }
        var again = await a.QueryAsync();
        Assert.Equal((200, null, null), (again.Status, again["Location"], again["Content-Location"]));

        // Redis comes back empty.
        await redis.StartAsync();
        foreach (var machine in (EquivalentApp[])[a, b])
            Assert.Equal(404, (await UntilAsync(() => machine.GetAsync(location), get => get.Status != 503)).Status);
        Assert.Equal(location, (await NamedAsync(a))["Location"]);
        foreach (var machine in (EquivalentApp[])[a, b])
            Assert.Equal(200, (await UntilAsync(() => machine.GetAsync(location), get => get.Status != 503)).Status);
    }

    [Fact]
    public async Task While_Redis_is_down_a_URI_that_contains_its_query_is_served()
    {
        await using var redis = await StartRedisAsync();
        await using var app = await StartAsync(redis, o => o.MaximumStatelessLocationLength = 256);
        await redis.KillAsync();
        var query = await app.QueryAsync();
        Assert.Equal((200, null), (query.Status, query["Content-Location"]));
        Assert.Equal(200, (await app.GetAsync(query["Location"]!)).Status);
    }

    [Fact]
    public async Task An_application_starts_without_Redis_and_names_URIs_once_it_is_there()
    {
        await using var redis = await StartRedisAsync();
        await redis.KillAsync();
        await using var app = await StartAsync(redis);
        var query = await app.QueryAsync();
        Assert.Equal((200, null), (query.Status, query["Location"]));
        await redis.StartAsync();
        var location = (await NamedAsync(app))["Location"]!;
        Assert.Equal(200, (await UntilAsync(() => app.GetAsync(location), get => get.Status != 503)).Status);
    }

    private static async Task<RedisServer> StartRedisAsync()
    {
        var redis = new RedisServer();
        redis.Require();
        await redis.StartAsync();
        return redis;
    }

    private static Task<EquivalentApp> StartAsync(RedisServer redis, Action<HttpQueryOptions>? options = null) => EquivalentApp.StartAsync(
        o =>
        {
            o.MaximumStatelessLocationLength = 0;
            options?.Invoke(o);
        },
        services: services =>
        {
            services.AddSingleton(TimeProvider.System);
            services.AddStackExchangeRedisCache(o => o.Configuration = redis.Configuration);
        });

    // The first call connects, which may take longer than the store may take.
    private static Task<RawResponse> NamedAsync(EquivalentApp app) =>
        UntilAsync(() => app.QueryAsync(), query => query["Location"] is not null && query["Content-Location"] is not null);

    private static async Task<RawResponse> UntilAsync(Func<Task<RawResponse>> send, Func<RawResponse, bool> isReached)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var response = await send();
            if (isReached(response)) return response;
            Assert.False(patience.IsCancellationRequested, response.Text);
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
