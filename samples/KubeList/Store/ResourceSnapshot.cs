using System.Text;

namespace KubeList.Store;

/// <summary>The objects of one kind at one revision, ordered by key; never changed, so that a paged list can hold on to it.</summary>
internal sealed class ResourceSnapshot
{
    public static readonly ResourceSnapshot Empty = new([]);

    private readonly KubeObject[] _objects;
    private readonly Lazy<PositionIndex> _names;
    private readonly Lazy<PositionIndex> _uids;

    private ResourceSnapshot(KubeObject[] sorted)
    {
        _objects = sorted;
        // Built by the first query that looks up, not by each of the changes that nobody looks up in.
        _names = new(() => new(_objects, ResourceKind.NameField));
        _uids = new(() => new(_objects, ResourceKind.UidField));
    }

    /// <summary>The objects in the order of their keys.</summary>
    public ReadOnlySpan<KubeObject> Objects => _objects;

    public PositionIndex Names => _names.Value;

    public PositionIndex Uids => _uids.Value;

    /// <summary>Sorts <paramref name="objects"/>; of several with one key the last stays.</summary>
    public static ResourceSnapshot Create(IEnumerable<KubeObject> objects)
    {
        var byKey = new Dictionary<(string, string), KubeObject>();
        foreach (var item in objects) byKey[(item.Namespace, item.Name)] = item;
        KubeObject[] sorted = [.. byKey.Values];
        Array.Sort(sorted, (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        return new(sorted);
    }

    /// <summary>The position of the first object whose key is <paramref name="key"/> or stands after it.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _objects.Length);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            if (_objects[middle].Key.AsSpan().SequenceCompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Where the objects of a namespace stand; all objects for <see langword="null"/>.</summary>
    public (int Start, int End) RangeOf(string? @namespace)
    {
        if (@namespace is null) return (0, _objects.Length);

        // Keys of the namespace begin with "ns/", and '0' is the octet after '/'.
        var bound = Encoding.UTF8.GetBytes(@namespace + '/');
        var start = LowerBound(bound);
        bound[^1]++;
        return (start, LowerBound(bound));
    }

    /// <summary>The object of that name, or <see langword="null"/>.</summary>
    public KubeObject? Find(string @namespace, string name)
    {
        var key = KubeObject.KeyOf(@namespace, name);
        var position = LowerBound(key);
        return position < _objects.Length && _objects[position].Key.AsSpan().SequenceEqual(key) ? _objects[position] : null;
    }

    /// <summary>This snapshot with <paramref name="item"/> added, or put in the place of the object of its name.</summary>
    public ResourceSnapshot With(KubeObject item)
    {
        var position = LowerBound(item.Key);
        var replaces = position < _objects.Length && _objects[position].Key.AsSpan().SequenceEqual(item.Key);
        return new([.. _objects[..position], item, .. _objects[(replaces ? position + 1 : position)..]]);
    }

    /// <summary>This snapshot without the object of that name.</summary>
    public ResourceSnapshot Without(string @namespace, string name)
    {
        var key = KubeObject.KeyOf(@namespace, name);
        return new([.. _objects.Where(item => !item.Key.AsSpan().SequenceEqual(key))]);
    }
}
