using System.Buffers;
using System.Text;
using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery.CacheKeys;

/// <summary>Writes one spelling for all URIs that may lead to the same resource (docs/cache-key.md §9).</summary>
/// <remarks>Different resources may get the same spelling. One resource never gets two.</remarks>
internal static class ResourceUriWriter
{
    // In ASP.NET Core these two equal only themselves, independent of the platform's case tables.
    private const int DotlessI = 0x0131;
    private const int LongS = 0x017F;

    // Platforms know different letters beyond the Basic Multilingual Plane, so all of these become one.
    private static readonly Rune BeyondTheBasicPlane = new(0x10000);

    /// <summary>Writes the authority without user and default port, with case folded.</summary>
    public static void WriteAuthority(PooledByteBuffer output, ReadOnlySpan<char> authority, ReadOnlySpan<char> scheme)
    {
        using var text = new PooledByteBuffer();
        text.WriteText(authority);
        text.Truncate(ResolveAll(text.From(0)));
        Fold(text);

        var host = text.Span[(text.Span.LastIndexOf((byte)'@') + 1)..];
        var port = ReadOnlySpan<byte>.Empty;
        if (host.LastIndexOf((byte)':') is >= 0 and var colon && colon > host.LastIndexOf((byte)']'))
        {
            port = host[(colon + 1)..];
            host = host[..colon];
            if (!port.ContainsAnyExceptInRange((byte)'0', (byte)'9')) port = port.TrimStart((byte)'0');
            if (IsDefaultPort(port, scheme)) port = default;
        }
        if (host is [.., (byte)'.']) host = host[..^1];

        var start = output.BeginLengthPrefixed();
        output.Write(host);
        if (!port.IsEmpty)
        {
            output.WriteByte((byte)':');
            output.Write(port);
        }
        output.EndLengthPrefixed(start);
    }

    /// <summary>Writes the path and the query of a target in origin form.</summary>
    public static void WritePathAndQuery(PooledByteBuffer output, ReadOnlySpan<char> target)
    {
        var mark = target.IndexOf('?');
        using var text = new PooledByteBuffer();
        if (target is not ['/', ..]) text.WriteByte((byte)'/');
        text.WriteText(mark < 0 ? target : target[..mark]);

        // The path that ASP.NET Core sees.
        text.Truncate(ResolveOnce(text.From(0)));
        text.Truncate(RemoveDotSegments(text.From(0)));

        text.Truncate(ResolveAll(text.From(0)));
        var hasFragment = CutFragment(text);
        text.From(0).Replace((byte)'\\', (byte)'/');
        text.Truncate(JoinSegments(text.From(0)));
        Fold(text);
        output.WriteLengthPrefixed(text.Span);

        text.Clear();
        if (mark >= 0 && !hasFragment)
        {
            text.WriteText(target[(mark + 1)..]);
            text.From(0).Replace((byte)'+', (byte)' ');
            text.Truncate(ResolveAll(text.From(0)));
            CutFragment(text);
            Fold(text);
        }
        output.WriteLengthPrefixed(text.Span);
    }

    private static bool IsDefaultPort(ReadOnlySpan<byte> port, ReadOnlySpan<char> scheme) =>
        Is(scheme, "http") || Is(scheme, "ws")
            ? port.SequenceEqual("80"u8)
            : (Is(scheme, "https") || Is(scheme, "wss")) && port.SequenceEqual("443"u8);

    private static bool Is(ReadOnlySpan<char> scheme, ReadOnlySpan<char> other) => scheme.Equals(other, StringComparison.OrdinalIgnoreCase);

    // In place, like the methods below: the output is never longer than the input.
    private static int ResolveOnce(Span<byte> path)
    {
        var written = 0;
        for (var i = 0; i < path.Length; i++)
        {
            if (IsEscape(path[i..]) && ValueOf(path[i..]) is not (byte)'/' and var b)
            {
                path[written++] = b;
                i += 2;
            }
            else
            {
                path[written++] = path[i];
            }
        }
        return written;
    }

    // Until no escape is left. A resolved escape may complete another one that began before it.
    private static int ResolveAll(Span<byte> text)
    {
        var written = 0;
        foreach (var b in text)
        {
            text[written++] = b;
            while (written >= 3 && IsEscape(text[(written - 3)..written]))
            {
                text[written - 3] = ValueOf(text[(written - 3)..]);
                written -= 2;
            }
        }
        return written;
    }

    private static bool IsEscape(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && text[0] == '%' && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);

    private static byte ValueOf(ReadOnlySpan<byte> escape) =>
        (byte)((AsciiBytes.HexValue(escape[1]) << 4) | AsciiBytes.HexValue(escape[2]));

    // RFC 3986 §5.2.4 for a path that begins with "/", one segment at a time.
    private static int RemoveDotSegments(Span<byte> path)
    {
        var written = 0;
        var read = 0;
        while (read < path.Length)
        {
            var length = path[(read + 1)..].IndexOf((byte)'/');
            var end = length < 0 ? path.Length : read + 1 + length;
            var segment = path[(read + 1)..end];
            var isLast = end == path.Length;
            if (segment is [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                if (segment.Length == 2) written = Math.Max(0, path[..written].LastIndexOf((byte)'/'));
                if (isLast) path[written++] = (byte)'/';
            }
            else
            {
                path[read..end].CopyTo(path[written..]);
                written += end - read;
            }
            read = end;
        }
        return written;
    }

    // Drops segments that are empty or ".", and each segment that ".." follows. Writes "/" when no segment is left.
    private static int JoinSegments(Span<byte> path)
    {
        var written = 0;
        var read = 0;
        while (read < path.Length)
        {
            var length = path[(read + 1)..].IndexOf((byte)'/');
            var end = length < 0 ? path.Length : read + 1 + length;
            var segment = path[(read + 1)..end];
            if (segment is [(byte)'.', (byte)'.'])
            {
                written = Math.Max(0, path[..written].LastIndexOf((byte)'/'));
            }
            else if (segment is not ([] or [(byte)'.']))
            {
                path[read..end].CopyTo(path[written..]);
                written += end - read;
            }
            read = end;
        }
        if (written == 0) path[written++] = (byte)'/';
        return written;
    }

    private static bool CutFragment(PooledByteBuffer text)
    {
        var sign = text.Span.IndexOf((byte)'#');
        if (sign >= 0) text.Truncate(sign);
        return sign >= 0;
    }

    private static void Fold(PooledByteBuffer text)
    {
        if (Ascii.IsValid(text.Span))
        {
            AsciiBytes.ToLower(text.From(0));
            return;
        }

        // Not in place: a letter can be longer in the other case.
        var bytes = ArrayPool<byte>.Shared.Rent(text.Length);
        var rest = bytes.AsSpan(0, text.Length);
        text.Span.CopyTo(rest);
        text.Clear();
        Span<byte> encoded = stackalloc byte[4];
        while (!rest.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf8(rest, out var rune, out var length) is OperationStatus.Done;
            text.Write(isCharacter ? encoded[..Fold(rune).EncodeToUtf8(encoded)] : rest[..length]);
            rest = rest[length..];
        }
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static Rune Fold(Rune rune) =>
        !rune.IsBmp ? BeyondTheBasicPlane
        : rune.Value is DotlessI or LongS ? rune
        : Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));
}
