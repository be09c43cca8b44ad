namespace HttpQuery.Tests.SharedCache;

/// <summary>Two processes with one store: each row of the table in docs/caching.md, "Stores", that says "all machines".</summary>
public class SharedStoreTests(SharedStoreHosts hosts) : IClassFixture<SharedStoreHosts>
{
    public static TheoryData<string> Stores => ["output-redis", "hybrid-redis", "distributed-redis", "sqlite"];

    /// <summary>Each store with each way to make a response unusable.</summary>
    public static TheoryData<string, string> StoresAndInvalidations =>
        [.. from store in Stores from invalidation in Invalidations select (store.Data, invalidation)];

    private static string[] Invalidations => ["post", "uri", "tag"];

    [Theory, MemberData(nameof(Stores))]
    public async Task What_one_process_stores_is_a_hit_in_the_other(string store)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), Path());
        var stored = await a.QueryAsync(path);
        Assert.StartsWith("A", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("hit", stored, StringComparison.Ordinal);

        Assert.Equal([$"{stored} hit", $"{stored} hit"], [await b.QueryAsync(path), await a.QueryAsync(path)]);
    }

    [Theory, MemberData(nameof(StoresAndInvalidations))]
    public async Task What_one_process_invalidates_is_unusable_in_the_other_at_once(string store, string invalidation)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), Path());
        var first = await a.QueryAsync(path);
        Assert.Equal($"{first} hit", await b.QueryAsync(path));

        await InvalidateAsync(b, invalidation, path);
        var second = await a.QueryAsync(path);
        Assert.Matches("^A[0-9]+$", second);
        Assert.NotEqual(first, second);
        Assert.Equal($"{second} hit", await b.QueryAsync(path));

        // And in the other direction: the other has only read what is stored.
        await InvalidateAsync(a, invalidation, path);
        Assert.Matches("^B[0-9]+$", await b.QueryAsync(path));
    }

    [Theory, MemberData(nameof(StoresAndInvalidations))]
    public async Task What_one_process_invalidates_reaches_what_the_other_has_on_its_way(string store, string invalidation)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), Path());
        await AssertReachedAsync(a, b, invalidation, path);
    }

    [Theory, MemberData(nameof(StoresAndInvalidations))]
    public async Task It_reaches_this_too_where_the_other_knows_the_tags_of_the_URI(string store, string invalidation)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), Path());
        var stored = await b.QueryAsync(path);
        Assert.Equal($"{stored} hit", await b.QueryAsync(path));
        await AssertReachedAsync(a, b, invalidation, path);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task What_was_on_its_way_when_another_URI_was_invalidated_is_stored(string store)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), Path());
        var asking = b.QueryHeldAsync(path);
        await b.HasBegunAsync(path);
        foreach (var invalidation in Invalidations) await InvalidateAsync(a, invalidation, Path());
        await b.ReleaseAsync(path);
        var stored = await asking;
        await a.ReleaseAsync(path);

        Assert.Equal($"{stored} hit", await a.QueryHeldAsync(path));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_process_that_is_killed_loses_nothing_of_the_others(string store)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), Path());
        using var c = await hosts.StartAsync("C", store);
        var stored = await c.QueryAsync(path);
        var changed = await a.QueryAsync($"{path}/changed");
        await c.PostAsync($"{path}/changed");
        var asking = c.QueryHeldAsync(path);
        await c.HasBegunAsync(path);

        await c.KillAsync();
        await asking.ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.True(asking.IsFaulted);

        // What it has stored, what it has invalidated, and what it had on its way.
        Assert.Equal($"{stored} hit", await b.QueryAsync(path));
        Assert.NotEqual($"{changed} hit", await a.QueryAsync($"{path}/changed"));
        await Task.WhenAll(a.ReleaseAsync(path), b.ReleaseAsync(path));
        Assert.Equal($"{await a.QueryHeldAsync(path)} hit", await b.QueryHeldAsync(path));
    }

    private static async Task AssertReachedAsync(SharedStoreHost a, SharedStoreHost b, string invalidation, string path)
    {
        var asking = b.QueryHeldAsync(path);
        await b.HasBegunAsync(path);
        await InvalidateAsync(a, invalidation, path);
        await b.ReleaseAsync(path);
        var early = await asking;
        Assert.Matches("^B[0-9]+$", early);

        // The next request is forwarded by either process.
        await a.ReleaseAsync(path);
        Assert.NotEqual($"{early} hit", await a.QueryHeldAsync(path));
        Assert.NotEqual($"{early} hit", await b.QueryHeldAsync(path));
    }

    private static string Path() => $"/{Guid.NewGuid():N}";

    private static Task InvalidateAsync(SharedStoreHost host, string invalidation, string path) => invalidation switch
    {
        "post" => host.PostAsync(path),
        "uri" => host.EvictAsync(path),
        _ => host.EvictByTagAsync(path),
    };
}
