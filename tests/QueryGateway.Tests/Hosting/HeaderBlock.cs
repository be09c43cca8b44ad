using System.Text;

namespace QueryGateway.Tests.Hosting;

/// <summary>HPACK (RFC 7541) without a dynamic table and without Huffman codes, which Kestrel does not send. Each char is one byte.</summary>
internal static class HeaderBlock
{
    // Appendix A; each entry is a name, or a name and a value.
    private static readonly (string Name, string Value)[] StaticTable =
    [
        .. ((string[])[
            ":authority", ":method GET", ":method POST", ":path /", ":path /index.html", ":scheme http", ":scheme https", ":status 200", ":status 204", ":status 206", ":status 304",
            ":status 400", ":status 404", ":status 500", "accept-charset", "accept-encoding gzip, deflate", "accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age",
            "allow", "authorization", "cache-control", "content-disposition", "content-encoding", "content-language", "content-length", "content-location", "content-range", "content-type",
            "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link",
            "location", "max-forwards", "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie", "strict-transport-security",
            "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
        ]).Select(entry => entry.Split(' ', 2)).Select(entry => (entry[0], entry.Length > 1 ? entry[1] : "")),
    ];

    /// <summary>Each header as a literal with a name of its own, not indexed.</summary>
    public static byte[] Encode(IEnumerable<(string Name, string Value)> headers)
    {
        using var block = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }
        return block.ToArray();
    }

    public static List<(string Name, string Value)> Decode(byte[] block)
    {
        var headers = new List<(string Name, string Value)>();
        for (var position = 0; position < block.Length;)
        {
            var first = block[position];
            if ((first & 0x80) != 0)
            {
                headers.Add(StaticTable[ReadNumber(block, ref position, 7) - 1]);
                continue;
            }
            var index = ReadNumber(block, ref position, (first & 0x40) != 0 ? 6 : (first & 0x20) != 0 ? 5 : 4);

            // A change of the table's size carries no header.
            if ((first & 0xE0) == 0x20) continue;
            var name = index == 0 ? ReadText(block, ref position) : StaticTable[index - 1].Name;
            headers.Add((name, ReadText(block, ref position)));
        }
        return headers;
    }

    private static void WriteText(MemoryStream block, string text)
    {
        var length = text.Length;
        if (length < 127) block.WriteByte((byte)length);
        else
        {
            block.WriteByte(127);
            for (length -= 127; length >= 128; length >>= 7) block.WriteByte((byte)(length | 0x80));
            block.WriteByte((byte)length);
        }
        block.Write(Encoding.Latin1.GetBytes(text));
    }

    private static string ReadText(byte[] block, ref int position)
    {
        if ((block[position] & 0x80) != 0) throw new InvalidDataException("Huffman codes are not read here.");
        var length = ReadNumber(block, ref position, 7);
        position += length;
        return Encoding.Latin1.GetString(block, position - length, length);
    }

    private static int ReadNumber(byte[] block, ref int position, int prefix)
    {
        var limit = (1 << prefix) - 1;
        var number = block[position++] & limit;
        if (number < limit) return number;
        for (var shift = 0; ; shift += 7)
        {
            var next = block[position++];
            number += (next & 0x7F) << shift;
            if ((next & 0x80) == 0) return number;
        }
    }
}
