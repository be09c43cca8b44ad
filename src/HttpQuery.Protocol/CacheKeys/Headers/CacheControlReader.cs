namespace HttpQuery.CacheKeys.Headers;

/// <summary>Finds one directive in a Cache-Control line (RFC 9111 §5.2).</summary>
internal static class CacheControlReader
{
    /// <summary>Returns whether a directive is named <c>no-transform</c>, with any argument. Quoted text is not a directive.</summary>
    public static bool HasNoTransform(ReadOnlySpan<byte> line)
    {
        while (!line.IsEmpty)
        {
            var end = EndOfDirective(line);
            var name = line[..end];
            if (name.IndexOf((byte)'=') is var sign and >= 0) name = name[..sign];
            if (System.Text.Ascii.EqualsIgnoreCase(name.Trim(" \t"u8), "no-transform"u8)) return true;
            line = end == line.Length ? default : line[(end + 1)..];
        }
        return false;
    }

    private static int EndOfDirective(ReadOnlySpan<byte> line)
    {
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '\\') i++;
            else if (line[i] == '"') quoted = !quoted;
            else if (line[i] == ',' && !quoted) return i;
        }
        return line.Length;
    }
}
