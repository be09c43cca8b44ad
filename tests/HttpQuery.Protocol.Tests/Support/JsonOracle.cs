using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>docs/cache-key.md, sections 6.1 and 6.2, over a whole text with the reader of the base library, slowly and plainly.</summary>
internal static class JsonOracle
{
    private const int MaximumOctets = 16_777_216;
    private const int MaximumMembers = 65_536;
    private const int MaximumNameOctets = 1_048_576;

    // A scalar has its text and no items; a member has a name.
    private sealed record Node(string? Name, string Text, List<Node>? Items);

    /// <summary>Section 6.1; <see langword="null"/> where the content is refused.</summary>
    public static Normalized? Json(ReadOnlySpan<byte> content) => Read(content) is { } root ? new(1, Written(root)) : null;

    /// <summary>Section 6.2.</summary>
    public static Normalized? SortedJson(ReadOnlySpan<byte> content)
    {
        if (Read(content) is not { } root) return null;
        return FallsBack(root) ? new(1, Written(root)) : new(2, Written(Sorted(root)));
    }

    private static Node? Read(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaximumOctets || !Utf8.IsValid(content) || content.StartsWith("\uFEFF"u8)) return null;
        try
        {
            var reader = new Utf8JsonReader(content);
            reader.Read();
            var root = Read(ref reader, null, 0);
            return reader.Read() ? null : root;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // A surrogate without its other half.
            return null;
        }
    }

    private static Node? Read(ref Utf8JsonReader reader, string? name, int outerNames)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new(name, Quoted(reader.GetString()!), null);
            case JsonTokenType.StartArray:
                var array = new Node(name, "[]", []);
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                {
                    if (Read(ref reader, null, outerNames) is not { } item) return null;
                    array.Items!.Add(item);
                }

                return array;
            case JsonTokenType.StartObject:
                var open = new Node(name, "{}", []);
                var names = new HashSet<string>();
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
                {
                    var member = reader.GetString()!;
                    outerNames += Encoding.UTF8.GetByteCount(member);
                    if (!names.Add(member) || names.Count > MaximumMembers || outerNames > MaximumNameOctets) return null;
                    reader.Read();
                    if (Read(ref reader, member, outerNames) is not { } value) return null;
                    open.Items!.Add(value);
                }

                return open;
            default:
                return new(name, Encoding.UTF8.GetString(reader.ValueSpan), null);
        }
    }

    private static string Written(Node node)
    {
        var text = new StringBuilder();
        Write(node);
        return text.ToString();

        void Write(Node node)
        {
            if (node.Name is not null) text.Append(Quoted(node.Name)).Append(':');
            if (node.Items is null)
            {
                text.Append(node.Text);
                return;
            }

            text.Append(node.Text[0]);
            for (var i = 0; i < node.Items.Count; i++)
            {
                if (i > 0) text.Append(',');
                Write(node.Items[i]);
            }

            text.Append(node.Text[1]);
        }
    }

    // Octets as characters, as Normalized has them.
    private static string Quoted(string text) => "\"" + string.Concat(Encoding.UTF8.GetBytes(text).Select(octet => octet switch
    {
        (byte)'"' => "\\\"",
        (byte)'\\' => "\\\\",
        < 0x20 => $"\\u{octet:x4}",
        _ => ((char)octet).ToString(),
    })) + "\"";

    private static bool FallsBack(Node node)
    {
        if (node.Items is null) return false;
        var names = node.Items.Where(item => item.Name is not null).Select(item => item.Name!).ToArray();
        return names.Select(name => name.ToLowerInvariant()).Distinct().Count() < names.Length
            || (names.Length > 1 && names.Any(name => !Ascii.IsValid(name)))
            || node.Items.Exists(FallsBack);
    }

    private static Node Sorted(Node node)
    {
        if (node.Items is null) return node;
        var items = node.Items.Select(Sorted);
        return node with { Items = [.. node.Text is "{}" ? items.OrderBy(item => item.Name, StringComparer.Ordinal) : items] };
    }
}
