using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Distributed;

namespace HttpQuery.Tests.Equivalents;

/// <summary>A distributed cache whose calls a test can replace.</summary>
internal sealed class FaultyDistributedCache : IDistributedCache
{
    public ConcurrentDictionary<string, byte[]> Items { get; } = new(StringComparer.Ordinal);

    public Func<string, CancellationToken, Task<byte[]?>>? OnGet { get; set; }

    public Func<string, byte[], CancellationToken, Task>? OnSet { get; set; }

    public byte[]? Get(string key) => Items.GetValueOrDefault(key);

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        OnGet is { } get ? get(key, token) : Task.FromResult(Get(key));

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Items[key] = value;

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        if (OnSet is { } set) return set(key, value, token);
        Set(key, value, options);
        return Task.CompletedTask;
    }

    public void Refresh(string key)
    {
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public void Remove(string key) => Items.TryRemove(key, out _);

    public Task RemoveAsync(string key, CancellationToken token = default)
    {
        Remove(key);
        return Task.CompletedTask;
    }
}
