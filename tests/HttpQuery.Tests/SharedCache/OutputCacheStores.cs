using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.SharedCache;

/// <summary>The stores of ASP.NET Core's output cache.</summary>
internal static class OutputCacheStores
{
    public static IOutputCacheStore Memory() => Open(services => services.AddOutputCache());

    public static IOutputCacheStore Redis(RedisServer server)
    {
        server.Require();
        return Open(services => services.AddStackExchangeRedisOutputCache(options => options.Configuration = server.Configuration));
    }

    private static IOutputCacheStore Open(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        add(services);
        return services.BuildServiceProvider().GetRequiredService<IOutputCacheStore>();
    }
}

/// <summary>A store of the output cache in which things go wrong.</summary>
internal sealed class FlawedOutputCacheStore(IOutputCacheStore store, Flaw flaw) : IOutputCacheStore
{
    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        await flaw.BeginAsync();
        return flaw.Change(await store.GetAsync(key, cancellationToken));
    }

    public async ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken)
    {
        await flaw.BeginAsync();
        if (!flaw.Loses(value)) await store.SetAsync(key, value, tags, validFor, cancellationToken);
    }

    public async ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken)
    {
        await flaw.BeginAsync();
        await store.EvictByTagAsync(tag, cancellationToken);
    }
}
