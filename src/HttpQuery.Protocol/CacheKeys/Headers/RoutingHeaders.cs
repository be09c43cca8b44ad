using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery.CacheKeys.Headers;

/// <summary>The header lines that override the target, host, scheme, port or method (docs/cache-key.md §4).</summary>
internal sealed class RoutingHeaders : IDisposable
{
    private readonly PooledByteBuffer _bytes = new();
    private readonly Comparison<Line> _byName;
    private Line[] _lines = new Line[4];
    private int _count;

    public RoutingHeaders() => _byName = (left, right) =>
        Name(left).SequenceCompareTo(Name(right)) is var order and not 0 ? order : left.NameStart - right.NameStart;

    public void Clear()
    {
        _bytes.Clear();
        _count = 0;
    }

    public void Add(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var start = AddName(name);
        var end = _bytes.Length;
        _bytes.WriteText(value);
        AddLine(start, end);
    }

    public void Add(ReadOnlySpan<char> name, ReadOnlySpan<byte> value)
    {
        var start = AddName(name);
        var end = _bytes.Length;
        _bytes.Write(value);
        AddLine(start, end);
    }

    /// <summary>Writes the number of names, then each name with its lines.</summary>
    public void Write(PooledByteBuffer output)
    {
        var lines = _lines.AsSpan(0, _count);
        if (_count > 1) lines.Sort(_byName);

        var names = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            if (i == 0 || !Name(lines[i]).SequenceEqual(Name(lines[i - 1]))) names++;
        }

        output.WriteInt32(names);
        while (!lines.IsEmpty)
        {
            var name = Name(lines[0]);
            var count = 1;
            while (count < lines.Length && Name(lines[count]).SequenceEqual(name)) count++;
            output.WriteLengthPrefixed(name);
            output.WriteInt32(count);
            foreach (var line in lines[..count]) output.WriteLengthPrefixed(_bytes.Span[line.NameEnd..line.End].Trim(" \t"u8));
            lines = lines[count..];
        }
    }

    public void Dispose() => _bytes.Dispose();

    private int AddName(ReadOnlySpan<char> name)
    {
        var start = _bytes.Length;
        _bytes.WriteText(name);
        AsciiBytes.ToLower(_bytes.From(start));
        return start;
    }

    private void AddLine(int start, int nameEnd)
    {
        if (_count == _lines.Length) Array.Resize(ref _lines, 2 * _count);
        _lines[_count++] = new(start, nameEnd, _bytes.Length);
    }

    private ReadOnlySpan<byte> Name(Line line) => _bytes.Span[line.NameStart..line.NameEnd];

    private readonly record struct Line(int NameStart, int NameEnd, int End);
}
