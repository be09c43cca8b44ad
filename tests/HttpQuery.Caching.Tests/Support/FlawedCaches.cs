using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>A HybridCache in which things go wrong.</summary>
internal sealed class FlawedHybridCache(HybridCache cache, Flaw flaw) : HybridCache
{
    public override async ValueTask<T> GetOrCreateAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        await flaw.BeginAsync();
        var octets = await cache.GetOrCreateAsync(key, state, factory, options, tags, cancellationToken);
        return (T)(object)flaw.Change(octets as byte[])!;
    }

    public override async ValueTask SetAsync<T>(string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        await flaw.BeginAsync();
        if (!flaw.Loses((byte[])(object)value!)) await cache.SetAsync(key, value, options, tags, cancellationToken);
    }

    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        await flaw.BeginAsync();
        await cache.RemoveAsync(key, cancellationToken);
    }

    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default)
    {
        await flaw.BeginAsync();
        await cache.RemoveByTagAsync(tag, cancellationToken);
    }
}

/// <summary>An IDistributedCache in which things go wrong.</summary>
internal sealed class FlawedDistributedCache(IDistributedCache cache, Flaw flaw) : IDistributedCache
{
    /// <summary>Called when a read has its octets, before they are given out.</summary>
    public Func<Task>? AfterGet { get; set; }

    public int Sets { get; private set; }

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await flaw.BeginAsync();
        var octets = flaw.Change(await cache.GetAsync(key, token));
        if (AfterGet?.Invoke() is { } gate) await gate;
        return octets;
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Sets++;
        await flaw.BeginAsync();
        if (!flaw.Loses(value)) await cache.SetAsync(key, value, options, token);
    }

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await flaw.BeginAsync();
        await cache.RemoveAsync(key, token);
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => cache.RefreshAsync(key, token);

    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();
}
