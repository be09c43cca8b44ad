namespace HttpQuery.CacheKeys;

/// <summary>Scheme, authority, path and query as they stand in the key (docs/cache-key.md §3).</summary>
internal static class TargetNormalizer
{
    public static void WriteLowerCase(OctetBuffer output, ReadOnlySpan<byte> text)
    {
        var start = output.BeginBytes();
        output.Octets(text);
        OctetCase.ToLower(output.From(start));
        output.EndBytes(start);
    }

    public static void WriteUpperCase(OctetBuffer output, ReadOnlySpan<byte> text)
    {
        var start = output.BeginBytes();
        output.Octets(text);
        OctetCase.ToUpper(output.From(start));
        output.EndBytes(start);
    }

    public static void WriteAuthority(OctetBuffer output, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> scheme)
    {
        // The last colon is a port's only where no other stands before it, but within the brackets of an IPv6 address.
        var colon = authority.LastIndexOf((byte)':');
        if (colon >= 0 && (authority[..colon].EndsWith("]"u8) || !authority[..colon].Contains((byte)':')) && IsDefaultPort(authority[(colon + 1)..], scheme))
            authority = authority[..colon];
        WriteLowerCase(output, authority);
    }

    public static void WritePathAndQuery(OctetBuffer output, ReadOnlySpan<byte> target)
    {
        var mark = target.IndexOf((byte)'?');
        WritePath(output, mark < 0 ? target : target[..mark]);
        if (mark < 0)
        {
            output.U8(0);
            return;
        }

        output.U8(1);
        var start = output.BeginBytes();
        output.Octets(target[(mark + 1)..]);
        output.EndBytes(start);
    }

    private static bool IsDefaultPort(ReadOnlySpan<byte> port, ReadOnlySpan<byte> scheme) =>
        port.IsEmpty
        || (port.SequenceEqual("80"u8) && System.Text.Ascii.EqualsIgnoreCase(scheme, "http"u8))
        || (port.SequenceEqual("443"u8) && System.Text.Ascii.EqualsIgnoreCase(scheme, "https"u8));

    private static void WritePath(OctetBuffer output, ReadOnlySpan<byte> path)
    {
        var start = output.BeginBytes();
        output.Octets(path.IsEmpty ? "/"u8 : path);

        // With a broken escape nothing is resolved: what is resolved might complete it.
        if (HasWholeEscapes(output.From(start)))
        {
            if (path.Contains((byte)'%')) output.Truncate(start + NormalizeEscapes(output.From(start)));
            if (output.From(start)[0] == '/' && MayHaveDotSegments(output.From(start))) output.Truncate(start + RemoveDotSegments(output.From(start)));
        }
        output.EndBytes(start);
    }

    private static bool HasWholeEscapes(ReadOnlySpan<byte> path)
    {
        while (path.IndexOf((byte)'%') is var escape and >= 0)
        {
            path = path[(escape + 1)..];
            if (path.Length < 2 || !char.IsAsciiHexDigit((char)path[0]) || !char.IsAsciiHexDigit((char)path[1])) return false;
        }
        return true;
    }

    // In place: what is written is never longer than what was read.
    private static int NormalizeEscapes(Span<byte> path)
    {
        var written = 0;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                path[written++] = path[i];
                continue;
            }

            var octet = (byte)((OctetCase.HexValue(path[i + 1]) << 4) | OctetCase.HexValue(path[i + 2]));
            if (IsUnreserved(octet))
            {
                path[written++] = octet;
            }
            else
            {
                path[written++] = (byte)'%';
                path[written++] = OctetCase.ToUpper(path[i + 1]);
                path[written++] = OctetCase.ToUpper(path[i + 2]);
            }
            i += 2;
        }
        return written;
    }

    private static bool MayHaveDotSegments(ReadOnlySpan<byte> path) => path.IndexOf("/."u8) >= 0;

    // RFC 3986 §5.2.4 for a path that begins with "/": a segment at a time, from the input to the output before it.
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
            if (segment is [(byte)'.'] || segment is [(byte)'.', (byte)'.'])
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

    private static bool IsUnreserved(byte octet) => char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';
}
