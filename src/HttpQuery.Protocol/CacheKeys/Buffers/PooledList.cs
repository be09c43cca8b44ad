using System.Buffers;

namespace HttpQuery.CacheKeys.Buffers;

/// <summary>A growing list in pooled memory. Clearing it returns large memory to the pool.</summary>
internal sealed class PooledList<T> : IBufferWriter<T>, IDisposable
    where T : struct
{
    private const int InitialLength = 256;
    private const int KeptLength = 16_384;

    private T[] _items = [];

    internal int Count { get; private set; }

    internal Span<T> Items => _items.AsSpan(0, Count);

    internal ref T this[int index] => ref Items[index];

    internal void Add(T item)
    {
        if (Count == _items.Length) Reserve(1);
        _items[Count++] = item;
    }

    internal void AddRange(ReadOnlySpan<T> items)
    {
        items.CopyTo(GetSpan(items.Length));
        Count += items.Length;
    }

    /// <summary>Removes the items from <paramref name="count"/> on.</summary>
    internal void Cut(int count) => Count = count;

    internal void Clear()
    {
        if (_items.Length > KeptLength) Dispose();
        Count = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_items.Length > 0) ArrayPool<T>.Shared.Return(_items);
        (_items, Count) = ([], 0);
    }

    /// <inheritdoc/>
    public void Advance(int count) => Count += count;

    /// <inheritdoc/>
    public Memory<T> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _items.AsMemory(Count);
    }

    /// <inheritdoc/>
    public Span<T> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _items.AsSpan(Count);
    }

    private void Reserve(int more)
    {
        if (_items.Length - Count >= more) return;
        var grown = ArrayPool<T>.Shared.Rent(Math.Max(Math.Max(2 * _items.Length, InitialLength), Count + more));
        Items.CopyTo(grown);
        if (_items.Length > 0) ArrayPool<T>.Shared.Return(_items);
        _items = grown;
    }
}
