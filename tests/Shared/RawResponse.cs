using System.Globalization;
using System.Text;

namespace HttpQuery.Tests.Shared;

/// <summary>One response as it came over the wire.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Fields">Field lines in order, interim responses left out.</param>
/// <param name="Content">Content octets, chunks joined.</param>
/// <param name="Text">Everything received, each octet one char.</param>
internal sealed record RawResponse(int Status, IReadOnlyList<(string Name, string Value)> Fields, byte[] Content, string Text)
{
    /// <summary>Content read as UTF-8.</summary>
    public string ContentText => Encoding.UTF8.GetString(Content);

    /// <summary>The field's lines joined by comma and space, or <see langword="null"/> where there is none.</summary>
    public string? this[string name]
    {
        get
        {
            var lines = Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).ToArray();
            return lines.Length == 0 ? null : string.Join(", ", lines);
        }
    }

    public static RawResponse Parse(byte[] octets)
    {
        var text = Encoding.Latin1.GetString(octets);
        var start = 0;
        while (text.AsSpan(start).StartsWith("HTTP/1.1 1", StringComparison.Ordinal))
            start = text.IndexOf("\r\n\r\n", start, StringComparison.Ordinal) + 4;

        var end = text.IndexOf("\r\n\r\n", start, StringComparison.Ordinal);
        if (end < 0) throw new InvalidDataException($"No whole response head in {octets.Length} octets: {text[..Math.Min(200, text.Length)]}");
        var lines = text[start..end].Split("\r\n");
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var fields = lines.Skip(1).Select(line =>
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            return (line[..colon], line[(colon + 1)..].Trim());
        }).ToList();

        var content = octets[(end + 4)..];
        var chunked = fields.Any(field => field.Item1.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));
        return new(status, fields, chunked ? Unchunk(content) : content, text);
    }

    private static byte[] Unchunk(byte[] octets)
    {
        using var content = new MemoryStream();
        var position = 0;
        while (true)
        {
            var line = octets.AsSpan(position).IndexOf("\r\n"u8);
            if (line < 0) throw new InvalidDataException("The chunked content is cut off.");
            var size = int.Parse(Encoding.ASCII.GetString(octets, position, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            position += line + 2;
            if (size == 0) return content.ToArray();
            content.Write(octets, position, size);
            position += size + 2;
        }
    }
}
