using System.Buffers;
using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery.CacheKeys.Headers;

/// <summary>The request headers that count in the key, line by line as sent.</summary>
internal sealed class KeyHeaders : IDisposable
{
    private readonly PooledByteBuffer _bytes = new();
    private (KeyHeaderKind Kind, int Start, int Length)[] _lines = new (KeyHeaderKind, int, int)[8];
    private int _count;

    /// <summary>Whether no claim applies: Cache-Control has no-transform, or a header refers to the exact content bytes.</summary>
    public bool CountsExactly { get; private set; }

    public void Clear()
    {
        _bytes.Clear();
        (_count, CountsExactly) = (0, false);
    }

    public void Add(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var kind = KindOf(name);
        if (kind is KeyHeaderKind.None) return;
        var start = _bytes.Length;
        _bytes.WriteText(value);
        Added(kind, start);
    }

    public void Add(ReadOnlySpan<char> name, ReadOnlySpan<byte> value)
    {
        var kind = KindOf(name);
        if (kind is KeyHeaderKind.None) return;
        var start = _bytes.Length;
        _bytes.Write(value);
        Added(kind, start);
    }

    public int Count(KeyHeaderKind kind)
    {
        var count = 0;
        foreach (var line in _lines.AsSpan(0, _count))
        {
            if (line.Kind == kind) count++;
        }
        return count;
    }

    /// <summary>Returns the first line of a header, or an empty span.</summary>
    public ReadOnlySpan<byte> First(KeyHeaderKind kind)
    {
        foreach (var line in _lines.AsSpan(0, _count))
        {
            if (line.Kind == kind) return _bytes.Span.Slice(line.Start, line.Length);
        }
        return default;
    }

    /// <summary>Writes <c>lines(f)</c> (docs/cache-key.md §1).</summary>
    public void Write(PooledByteBuffer output, KeyHeaderKind kind)
    {
        output.WriteInt32(Count(kind));
        foreach (var line in _lines.AsSpan(0, _count))
        {
            if (line.Kind == kind) output.WriteLengthPrefixed(_bytes.Span.Slice(line.Start, line.Length));
        }
    }

    public void Dispose() => _bytes.Dispose();

    private void Added(KeyHeaderKind kind, int start)
    {
        var value = _bytes.Span[start..];
        var trimmed = value.Trim(" \t"u8);
        if (kind is KeyHeaderKind.CacheControl) CountsExactly |= CacheControlReader.HasNoTransform(trimmed);
        if (kind is KeyHeaderKind.Digest) CountsExactly = true;
        if (kind is KeyHeaderKind.CacheControl or KeyHeaderKind.Digest)
        {
            _bytes.Truncate(start);
            return;
        }

        if (_count == _lines.Length) Array.Resize(ref _lines, 2 * _count);
        _lines[_count++] = (kind, start + value.Length - value.TrimStart(" \t"u8).Length, trimmed.Length);
    }

    private static KeyHeaderKind KindOf(ReadOnlySpan<char> name) => name.Length switch
    {
        11 when Is(name, "Repr-Digest") => KeyHeaderKind.Digest,
        12 when Is(name, "Content-Type") => KeyHeaderKind.ContentType,
        13 when Is(name, "Cache-Control") => KeyHeaderKind.CacheControl,
        14 when Is(name, "Content-Digest") => KeyHeaderKind.Digest,
        15 when Is(name, "Signature-Input") => KeyHeaderKind.Digest,
        16 when Is(name, "Content-Encoding") => KeyHeaderKind.ContentEncoding,
        16 when Is(name, "Content-Language") => KeyHeaderKind.ContentLanguage,
        16 when Is(name, "Content-Location") => KeyHeaderKind.ContentLocation,
        _ => KeyHeaderKind.None,
    };

    private static bool Is(ReadOnlySpan<char> name, ReadOnlySpan<char> other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The headers that affect a key.</summary>
internal enum KeyHeaderKind
{
    None,
    ContentType,
    ContentEncoding,
    ContentLanguage,
    ContentLocation,
    CacheControl,
    Digest,
}
