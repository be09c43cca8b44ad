using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Distributed;

namespace HttpQuery.Tests.Equivalents;

/// <summary>The distributed cache of several applications in one process. It loses items, fails and hangs as a test says.</summary>
internal sealed class SharedDistributedCache : IDistributedCache
{
    private readonly ConcurrentDictionary<string, byte[]> _items = new();
    private int _calls;

    /// <summary>The number of calls.</summary>
    public int Calls => _calls;

    /// <summary>The number of writes that it has taken.</summary>
    public int Writes { get; private set; }

    /// <summary>Runs at the beginning of each call.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public void Clear() => _items.Clear();

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await BeginAsync();
        return _items.GetValueOrDefault(key);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await BeginAsync();
        Writes++;
        _items[key] = value;
    }

    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public Task RemoveAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    private Task BeginAsync()
    {
        Interlocked.Increment(ref _calls);
        return Before();
    }
}
