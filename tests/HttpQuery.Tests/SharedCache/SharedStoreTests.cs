namespace HttpQuery.Tests.SharedCache;

/// <summary>Two processes with one store: each row of the table in docs/caching.md, "Stores", that says "all machines".</summary>
public class SharedStoreTests(SharedStoreHosts hosts) : IClassFixture<SharedStoreHosts>
{
    public static TheoryData<string> Stores => ["output-redis", "hybrid-redis", "distributed-redis", "sqlite"];

    /// <summary>Each store with each way to make a response unusable.</summary>
    public static TheoryData<string, string> StoresAndInvalidations =>
        [.. from store in Stores from invalidation in (string[])["post", "uri", "tag"] select (store.Data, invalidation)];

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
        var ((a, b), path) = (await hosts.PairAsync(store), $"/held{Path()}");
        var asking = b.QueryAsync(path);
        await b.HasBegunAsync(path);
        await InvalidateAsync(a, invalidation, path);
        await b.ReleaseAsync(path);
        var early = await asking;
        Assert.Matches("^B[0-9]+$", early);

        // It is forwarded again, whoever asks.
        var late = await b.QueryAsync(path);
        Assert.Matches("^B[0-9]+$", late);
        Assert.NotEqual(early, late);
        await a.ReleaseAsync(path);
        Assert.DoesNotContain(early, await a.QueryAsync(path), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task What_was_on_its_way_when_nothing_was_invalidated_is_stored(string store)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), $"/held{Path()}");
        var asking = b.QueryAsync(path);
        await b.HasBegunAsync(path);
        await a.PostAsync($"{path}/other");
        await b.ReleaseAsync(path);

        Assert.Equal($"{await asking} hit", await a.QueryAsync(path));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_process_that_is_killed_loses_nothing_of_the_others(string store)
    {
        var ((a, b), path) = (await hosts.PairAsync(store), Path());
        using var c = await hosts.StartAsync("C", store);
        var stored = await c.QueryAsync(path);
        var changed = await a.QueryAsync($"{path}/changed");
        await c.PostAsync($"{path}/changed");
        var asking = c.QueryAsync($"/held{path}");
        await c.HasBegunAsync($"/held{path}");

        await c.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => asking);

        // What it has stored, what it has invalidated, and what it had on its way.
        Assert.Equal($"{stored} hit", await b.QueryAsync(path));
        Assert.NotEqual($"{changed} hit", await a.QueryAsync($"{path}/changed"));
        await a.ReleaseAsync($"/held{path}");
        Assert.Equal($"{await a.QueryAsync($"/held{path}")} hit", await b.QueryAsync($"/held{path}"));
    }

    private static string Path() => $"/{Guid.NewGuid():N}";

    private static Task InvalidateAsync(SharedStoreHost host, string invalidation, string path) => invalidation switch
    {
        "post" => host.PostAsync(path),
        "uri" => host.EvictAsync(path),
        _ => host.EvictByTagAsync(path),
    };
}
