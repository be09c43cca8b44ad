namespace KubeList.Store;

/// <summary>Finds the positions of the objects that have a given value in one field, without scanning them.</summary>
/// <remarks>Names repeat over namespaces, so each value heads a chain: its first position, and for each position the next.</remarks>
internal sealed class PositionIndex
{
    private const int None = -1;

    private readonly Dictionary<string, int> _first;
    private readonly int[] _next;

    public PositionIndex(ReadOnlySpan<KubeObject> objects, int field)
    {
        _first = new(objects.Length, StringComparer.Ordinal);
        _next = new int[objects.Length];
        for (var i = objects.Length - 1; i >= 0; i--)
        {
            _next[i] = _first.TryGetValue(objects[i].Fields[field], out var following) ? following : None;
            _first[objects[i].Fields[field]] = i;
        }
    }

    /// <summary>Adds to <paramref name="positions"/> where <paramref name="value"/> stands, from <paramref name="start"/> to before
    /// <paramref name="end"/>.</summary>
    public void Collect(string value, int start, int end, List<int> positions)
    {
        if (!_first.TryGetValue(value, out var position)) return;
        for (; position != None && position < end; position = _next[position])
            if (position >= start) positions.Add(position);
    }
}
