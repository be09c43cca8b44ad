using HttpQuery.Tests.Shared;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace HttpQuery.Tests.Equivalents;

/// <summary>Machines with the same <c>LocationKeys</c> and one Redis find the queries and results of each other (§2.3, §2.4).</summary>
public sealed class EquivalentResourceRedisTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const string OldSecret = "the secret that every machine had first";
    private const string NewSecret = "the secret that every machine has later";
    private const string Query = EquivalentApp.Query;

    [Fact]
    public async Task A_stored_query_of_one_machine_is_found_by_all()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        await using var c = await StartAsync();
        var location = await a.LocateAsync(Query);
        Assert.InRange(location.Length, 40, 60);
        foreach (var machine in (EquivalentApp[])[b, c])
        {
            var get = await machine.GetAsync(location);
            Assert.Equal((200, "1 anonymous cache", location), (get.Status, get.ContentText, get["Location"]));
            Assert.Equal(location, await machine.LocateAsync(Query));
        }
    }

    [Fact]
    public async Task A_stored_result_of_one_machine_is_found_by_all_until_it_expires()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var result = (await a.QueryAsync())["Content-Location"]!;
        var get = await b.GetAsync(result);
        Assert.Equal((200, "1 anonymous cache"), (get.Status, get.ContentText));
        Assert.Equal(0, b.Runs);
        b.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(410, (await b.GetAsync(result)).Status);
        Assert.Equal(200, (await a.GetAsync(result)).Status);
    }

    [Fact]
    public async Task A_result_of_a_user_is_found_by_all_machines_for_this_user_alone()
    {
        await using var a = await StartAsync(users: true);
        await using var b = await StartAsync(users: true);
        var result = (await a.QueryAsync(fields: "Authorization: Ann"))["Content-Location"]!;
        var ann = await b.GetAsync(result, "Authorization: Ann");
        Assert.Equal((200, "1 Ann cache"), (ann.Status, ann.ContentText));
        Assert.Equal(404, (await b.GetAsync(result, "Authorization: Bob")).Status);
        Assert.Equal(404, (await b.GetAsync(result)).Status);
    }

    [Fact]
    public async Task The_same_query_has_the_same_URI_on_all_machines_that_share_the_keys_alone()
    {
        await using var a = await StartAsync(o => o.MaximumStatelessLocationLength = 256);
        await using var b = await StartAsync(o => o.MaximumStatelessLocationLength = 256);
        var location = await a.LocateAsync();
        Assert.InRange(location.Length, 100, 256);
        Assert.Equal(location, await b.LocateAsync());
        Assert.Equal(200, (await b.GetAsync(location)).Status);

        await using var stranger = await StartAsync(o => (o.LocationKeys[0], o.MaximumStatelessLocationLength) = (NewSecret, 256));
        Assert.Equal(404, (await stranger.GetAsync(location)).Status);
        Assert.NotEqual(location, await stranger.LocateAsync());
    }

    [Fact]
    public async Task Redis_forgets_what_has_expired_and_names_nothing_of_the_query()
    {
        await using var app = await StartAsync(
            o => (o.LocationLifetime, o.StoredResultLifetime) = (TimeSpan.FromHours(3), TimeSpan.FromHours(5)));
        await using var client = await ConnectionMultiplexer.ConnectAsync(redis.Configuration + ",allowAdmin=true");
        var server = client.GetServer(client.GetEndPoints()[0]);
        await server.FlushAllDatabasesAsync();
        var query = await app.QueryAsync("""{"match":"confidential"}""");
        Assert.NotNull(query["Location"]);
        Assert.NotNull(query["Content-Location"]);

        var keys = server.Keys().Select(key => key.ToString()).Order().ToArray();
        Assert.Equal(2, keys.Length);
        Assert.Matches("^httpquery:query:[A-Za-z0-9_-]{22}$", keys[0]);
        Assert.Matches("^httpquery:result:[A-Za-z0-9_-]{22}$", keys[1]);
        Assert.InRange((await client.GetDatabase().KeyTimeToLiveAsync(keys[0]))!.Value, TimeSpan.FromHours(2), TimeSpan.FromHours(3));
        Assert.InRange((await client.GetDatabase().KeyTimeToLiveAsync(keys[1]))!.Value, TimeSpan.FromHours(4), TimeSpan.FromHours(10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task URIs_outlive_a_change_of_keys_until_the_old_one_is_removed(int maximumStatelessLength)
    {
        await using var before = await StartWithKeysAsync(OldSecret);
        await using var between = await StartWithKeysAsync(NewSecret, OldSecret);
        await using var after = await StartWithKeysAsync(NewSecret);
        var query = await before.QueryAsync();
        var (oldLocation, oldResult) = (query["Location"]!, query["Content-Location"]!);
        var location = await between.LocateAsync();
        Assert.NotEqual(oldLocation, location);
        Assert.Equal(location, await after.LocateAsync());

        // The machines that know the old key find its URIs, those that know the new one find the others.
        Assert.Equal((200, location), await GetAsync(between, oldLocation));
        Assert.Equal((200, location), await GetAsync(between, location));
        Assert.Equal((200, location), await GetAsync(after, location));
        Assert.Equal((404, null), await GetAsync(after, oldLocation));
        Assert.Equal((404, null), await GetAsync(before, location));
        Assert.Equal("1 anonymous cache", (await between.GetAsync(oldResult)).ContentText);
        Assert.Equal(404, (await after.GetAsync(oldResult)).Status);

        Task<EquivalentApp> StartWithKeysAsync(params string[] secrets) => StartAsync(o =>
        {
            o.LocationKeys.Clear();
            foreach (var secret in secrets) o.LocationKeys.Add(secret);
            o.MaximumStatelessLocationLength = maximumStatelessLength;
        });

        static async Task<(int, string?)> GetAsync(EquivalentApp app, string uri)
        {
            var get = await app.GetAsync(uri);
            return (get.Status, get["Location"]);
        }
    }

    [Fact]
    public async Task A_machine_with_a_shared_cache_and_without_keys_does_not_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(o => o.LocationKeys.Clear()));
        Assert.Contains("HttpQuery:LocationKeys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_with_a_cache_of_its_own_starts_without_keys()
    {
        await using var app = await EquivalentApp.StartAsync(
            o =>
            {
                o.LocationKeys.Clear();
                o.MaximumStatelessLocationLength = 0;
            },
            services: services => services.AddDistributedMemoryCache());
        Assert.Equal(200, (await app.GetAsync(await app.LocateAsync())).Status);
    }

    // Stores every query, in Redis. The clock of the application stands, so no call of the store takes too long.
    private Task<EquivalentApp> StartAsync(Action<HttpQueryOptions>? options = null, bool users = false)
    {
        redis.Require();
        return EquivalentApp.StartAsync(
            o =>
            {
                o.MaximumStatelessLocationLength = 0;
                options?.Invoke(o);
            },
            services: services => services.AddStackExchangeRedisCache(o => o.Configuration = redis.Configuration), users: users);
    }
}
