using System.Buffers;
using HttpQuery.CacheKeys.Buffers;
using HttpQuery.CacheKeys.Content;

namespace HttpQuery.CacheKeys.Headers;

/// <summary>The fields that count, line by line as they were sent.</summary>
internal sealed class RequestFields : IDisposable
{
    private readonly PooledByteBuffer _octets = new();
    private (FieldKind Kind, int Start, int Length)[] _lines = new (FieldKind, int, int)[8];
    private int _count;

    /// <summary>Whether Cache-Control has no-transform, or a field speaks of the exact octets of the content: then no claim applies.</summary>
    public bool CountsExactly { get; private set; }

    public void Clear()
    {
        _octets.Clear();
        (_count, CountsExactly) = (0, false);
    }

    public void Add(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var kind = KindOf(name);
        if (kind is FieldKind.None) return;
        var start = _octets.Length;
        _octets.WriteText(value);
        Added(kind, start);
    }

    public void Add(ReadOnlySpan<char> name, ReadOnlySpan<byte> value)
    {
        var kind = KindOf(name);
        if (kind is FieldKind.None) return;
        var start = _octets.Length;
        _octets.Write(value);
        Added(kind, start);
    }

    public int Count(FieldKind kind)
    {
        var count = 0;
        foreach (var line in _lines.AsSpan(0, _count))
        {
            if (line.Kind == kind) count++;
        }
        return count;
    }

    /// <summary>The first line of a field that has one.</summary>
    public ReadOnlySpan<byte> First(FieldKind kind)
    {
        foreach (var line in _lines.AsSpan(0, _count))
        {
            if (line.Kind == kind) return _octets.Span.Slice(line.Start, line.Length);
        }
        return default;
    }

    /// <summary>Writes <c>lines(f)</c> (docs/cache-key.md §1).</summary>
    public void Write(PooledByteBuffer output, FieldKind kind)
    {
        output.WriteInt32(Count(kind));
        foreach (var line in _lines.AsSpan(0, _count))
        {
            if (line.Kind == kind) output.WriteLengthPrefixed(_octets.Span.Slice(line.Start, line.Length));
        }
    }

    public void Dispose() => _octets.Dispose();

    private void Added(FieldKind kind, int start)
    {
        var value = _octets.Span[start..];
        var trimmed = value.Trim(" \t"u8);
        if (kind is FieldKind.CacheControl) CountsExactly |= CacheControl.HasNoTransform(trimmed);
        if (kind is FieldKind.Digest) CountsExactly = true;
        if (kind is FieldKind.CacheControl or FieldKind.Digest)
        {
            _octets.Truncate(start);
            return;
        }

        if (_count == _lines.Length) Array.Resize(ref _lines, 2 * _count);
        _lines[_count++] = (kind, start + value.Length - value.TrimStart(" \t"u8).Length, trimmed.Length);
    }

    private static FieldKind KindOf(ReadOnlySpan<char> name) => name.Length switch
    {
        11 when Is(name, "Repr-Digest") => FieldKind.Digest,
        12 when Is(name, "Content-Type") => FieldKind.ContentType,
        13 when Is(name, "Cache-Control") => FieldKind.CacheControl,
        14 when Is(name, "Content-Digest") => FieldKind.Digest,
        15 when Is(name, "Signature-Input") => FieldKind.Digest,
        16 when Is(name, "Content-Encoding") => FieldKind.ContentEncoding,
        16 when Is(name, "Content-Language") => FieldKind.ContentLanguage,
        16 when Is(name, "Content-Location") => FieldKind.ContentLocation,
        _ => FieldKind.None,
    };

    private static bool Is(ReadOnlySpan<char> name, ReadOnlySpan<char> other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The fields that decide about a key.</summary>
internal enum FieldKind
{
    None,
    ContentType,
    ContentEncoding,
    ContentLanguage,
    ContentLocation,
    CacheControl,
    Digest,
}
