using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Stores;

/// <summary>Reads the store for one request. Keys that can be read at the same time are read in one step.</summary>
/// <remarks>Call <see cref="TryGet"/>; if something is missing, <see cref="FetchAsync"/> reads all missing keys at once. A store in
/// memory is read directly, so one instance serves all requests.</remarks>
internal sealed class StoreReads(ResilientStore store)
{
    private readonly Dictionary<QueryCacheKey, StoreRead>? _items = store.IsImmediate ? null : [];
    private readonly List<QueryCacheKey>? _missing = store.IsImmediate ? null : [];

    /// <summary>Whether reading ahead saves a step.</summary>
    public bool IsRemote => _items is not null;

    /// <summary>Makes the next step read a key.</summary>
    public void Want(QueryCacheKey key)
    {
        if (_items is not null && !_items.ContainsKey(key)) _missing!.Add(key);
    }

    /// <summary>Gets the item of a key; <see langword="false"/> if the key has not been read.</summary>
    public bool TryGet(QueryCacheKey key, out StoreRead read)
    {
        if (_items is null)
        {
            read = store.GetNow(key);
            return true;
        }
        if (_items.TryGetValue(key, out read)) return true;
        _missing!.Add(key);
        return false;
    }

    /// <summary>Gets the epoch or marker of a key.</summary>
    public bool TryGetEpoch(QueryCacheKey key, out EpochRead epoch)
    {
        var isRead = TryGet(key, out var read);
        epoch = new(read.IsKnown, read.Item is null or CacheEpoch ? (CacheEpoch?)read.Item : CacheEpoch.Unreadable);
        return isRead;
    }

    /// <summary>Reads all missing keys in one step.</summary>
    public async ValueTask FetchAsync()
    {
        if (_items is null) return;
        var reading = _missing!.Distinct().Select(key => (Key: key, Task: store.GetAsync(key))).ToArray();
        _missing!.Clear();
        foreach (var (key, task) in reading) _items[key] = await task.ConfigureAwait(false);
    }
}

/// <summary>The result of reading a key.</summary>
/// <param name="IsKnown"><see langword="false"/> if the store failed or took too long.</param>
/// <param name="Item">The item, or none.</param>
internal readonly record struct StoreRead(bool IsKnown, CacheItem? Item);

/// <summary>An epoch or a marker that was read.</summary>
/// <param name="IsKnown"><see langword="false"/> if the store failed or took too long.</param>
/// <param name="Epoch">The epoch, or none.</param>
internal readonly record struct EpochRead(bool IsKnown, CacheEpoch? Epoch)
{
    /// <summary>The number; zero if there is none.</summary>
    public UInt128 Number => Epoch?.Number ?? 0;
}
