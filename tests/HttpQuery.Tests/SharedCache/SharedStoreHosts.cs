namespace HttpQuery.Tests.SharedCache;

/// <summary>Two processes for each kind of store, started when a test first asks for them, on one Redis and one file.</summary>
public sealed class SharedStoreHosts : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("httpquery-");
    private readonly Dictionary<string, (SharedStoreHost A, SharedStoreHost B)> _pairs = [];

    /// <summary>The processes A and B of a store; skips the test where there is no Redis for them.</summary>
    internal async Task<(SharedStoreHost A, SharedStoreHost B)> PairAsync(string store)
    {
        if (_pairs.TryGetValue(store, out var pair)) return pair;
        var starting = (A: StartAsync("A", store), B: StartAsync("B", store));
        return _pairs[store] = (await starting.A, await starting.B);
    }

    /// <summary>One more process; the test disposes it.</summary>
    internal Task<SharedStoreHost> StartAsync(string name, string store)
    {
        if (store is "sqlite") return SharedStoreHost.StartAsync(name, store, Path.Combine(_folder.FullName, "store.db"));
        _redis.Require();
        return SharedStoreHost.StartAsync(name, store, _redis.Configuration);
    }

    public ValueTask InitializeAsync() => _redis.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var (a, b) in _pairs.Values)
        {
            a.Dispose();
            b.Dispose();
        }
        await _redis.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
