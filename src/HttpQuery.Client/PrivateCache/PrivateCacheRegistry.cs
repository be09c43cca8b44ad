using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.PrivateCache;

/// <summary>The caches of an application's named clients, each created at first use. A cache outlives the handlers that use it.</summary>
internal sealed class PrivateCacheRegistry(IOptionsMonitor<PrivateCacheOptions> options, IServiceProvider services)
{
    private const string DefaultName = "HttpQuery";

    private readonly ConcurrentDictionary<string, Lazy<Entry>> _caches = new(StringComparer.Ordinal);

    /// <summary>Returns the cache of a client and its options, created at first use.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public Entry GetOrCreate(string client) => _caches.GetOrAdd(client, name => new(() => Create(name))).Value;

    /// <summary>Creates a cache with its own in-memory store, for a handler without a container.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static QueryCache Create(PrivateCacheOptions options, TimeProvider? time, ILoggerFactory? loggers)
    {
        _ = options.GetValidatedCredentialHeaders();
        return new(options.ToEngineOptions(CacheMode.Private, DefaultName), options.CreateMemoryStore(time), time, loggers);
    }

    private Entry Create(string client)
    {
        var (own, time) = (options.Get(client), services.GetService<TimeProvider>());

        // A store that the application registers may also hold items of other caches, such as a shared one.
        var store = (services as IKeyedServiceProvider)?.GetKeyedService<IQueryCacheStore>(client);
        var cache = new QueryCache(
            own.ToEngineOptions(CacheMode.Private, CacheStatus.IsName(client) ? client : DefaultName),
            store ?? own.CreateMemoryStore(time),
            time,
            services.GetService<ILoggerFactory>(),
            services.GetService<IMeterFactory>());
        return new(cache, own, store is null ? [] : CachePartition.Create(("client", client)));
    }

    /// <summary>The cache of one client.</summary>
    /// <param name="Cache">The cache.</param>
    /// <param name="Options">Its options.</param>
    /// <param name="Partition">Separates its items from those of other caches in the same store. Empty if the store is its own.</param>
    public sealed record Entry(QueryCache Cache, PrivateCacheOptions Options, byte[] Partition);
}
