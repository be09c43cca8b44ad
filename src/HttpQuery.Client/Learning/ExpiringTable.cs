using System.Diagnostics.CodeAnalysis;

namespace HttpQuery.Learning;

/// <summary>Facts about servers, each for a limited time. The least recently used fact is evicted first.</summary>
/// <param name="maximumCount">Maximum number of entries.</param>
/// <param name="time">The clock.</param>
internal sealed class ExpiringTable<TKey, TValue>(int maximumCount, TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = new();

    /// <summary>The number of entries, including those that have expired and were not read since.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>Returns a value that has not expired.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node)) return false;
            if (time.GetElapsedTime(node.Value.Since) >= node.Value.Lifetime)
            {
                Remove(node);
                return false;
            }
            _recent.Remove(node);
            _recent.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    /// <summary>Adds or replaces a value.</summary>
    public void Set(TKey key, TValue value, TimeSpan lifetime)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var earlier)) Remove(earlier);
            _entries[key] = _recent.AddFirst(new Entry(key, value, time.GetTimestamp(), lifetime));
            while (_entries.Count > maximumCount) Remove(_recent.Last!);
        }
    }

    /// <summary>Removes a value.</summary>
    public void Remove(TKey key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node)) Remove(node);
        }
    }

    /// <summary>Removes all values that match.</summary>
    public void RemoveWhere(Predicate<TValue> match)
    {
        lock (_lock)
        {
            for (var node = _recent.First; node is not null;)
            {
                var next = node.Next;
                if (match(node.Value.Value)) Remove(node);
                node = next;
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        _entries.Remove(node.Value.Key);
    }

    private readonly record struct Entry(TKey Key, TValue Value, long Since, TimeSpan Lifetime);
}
