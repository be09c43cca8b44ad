using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KubeList.Store;

/// <summary>Turns JSON into stored objects: compact, stamped with a revision, with labels and fields taken out.</summary>
internal static class ObjectParser
{
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = 256, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // The default encoder escapes for HTML; this is JSON for JSON clients, and objects keep their spelling.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 256,
        SkipValidation = true,
    };

    private static readonly StringPool Pool = new();

    /// <summary>Reads an object of <paramref name="kind"/>.</summary>
    /// <exception cref="FormatException">It has no usable name or namespace, or a label is no string.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static KubeObject Parse(ResourceKind kind, ReadOnlyMemory<byte> json, long revision)
    {
        using var document = JsonDocument.Parse(json, DocumentOptions);
        return Parse(kind, document.RootElement, revision);
    }

    /// <inheritdoc cref="Parse(ResourceKind, ReadOnlyMemory{byte}, long)"/>
    public static KubeObject Parse(ResourceKind kind, JsonElement root, long revision)
    {
        if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("metadata", out var metadata)
            || metadata.ValueKind is not JsonValueKind.Object)
            throw new FormatException($"A {kind.Kind} has no metadata.");

        var name = ReadString(metadata, "name");
        if (!IsPathSegment(name)) throw new FormatException($"A {kind.Kind} has no usable metadata.name: it is empty or holds a slash.");
        var @namespace = kind.IsNamespaced ? ReadString(metadata, "namespace") : "";
        if (kind.IsNamespaced && @namespace.Length == 0) @namespace = "default";
        if (kind.IsNamespaced && !IsPathSegment(@namespace))
            throw new FormatException($"The namespace of {kind.Kind} {name} holds a slash.");

        var uid = ReadString(metadata, "uid");
        if (uid.Length == 0) uid = DerivedUid(kind, @namespace, name);

        var fields = new string[kind.Fields.Count];
        fields[ResourceKind.NameField] = name;
        fields[ResourceKind.NamespaceField] = Pool.Share(@namespace);
        fields[ResourceKind.UidField] = uid;
        for (var i = ResourceKind.UidField + 1; i < fields.Length; i++) fields[i] = ReadField(root, kind.Fields[i]);

        var written = Write(kind, root, @namespace, uid, revision);
        return new(kind, fields[ResourceKind.NamespaceField], name, ReadLabels(metadata, kind, name), fields, written, revision);
    }

    // Version 4 in form, but derived: the same file gives the same objects on every machine.
    private static string DerivedUid(ResourceKind kind, string @namespace, string name)
    {
        var octets = SHA256.HashData(Encoding.UTF8.GetBytes($"{kind.Plural}/{@namespace}/{name}")).AsSpan(0, 16);
        octets[6] = (byte)((octets[6] & 0x0F) | 0x40);
        octets[8] = (byte)((octets[8] & 0x3F) | 0x80);
        return new Guid(octets, bigEndian: true).ToString();
    }

    private static bool IsPathSegment(string text) => text.Length > 0 && !text.Contains('/', StringComparison.Ordinal);

    private static string ReadString(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

    private static string ReadField(JsonElement root, FieldPath field)
    {
        var value = root;
        foreach (var segment in field.Segments)
            if (value.ValueKind is not JsonValueKind.Object || !value.TryGetProperty(segment, out value)) return field.Absent;

        return value.ValueKind switch
        {
            JsonValueKind.String => Pool.Share(value.GetString()!),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => value.GetRawText(),
            _ => field.Absent,
        };
    }

    private static LabelSet ReadLabels(JsonElement metadata, ResourceKind kind, string name)
    {
        if (!metadata.TryGetProperty("labels", out var labels) || labels.ValueKind is not JsonValueKind.Object) return default;
        var read = new List<KeyValuePair<string, string>>();
        foreach (var label in labels.EnumerateObject())
        {
            if (label.Value.ValueKind is not JsonValueKind.String)
                throw new FormatException($"A label of {kind.Kind} {name} is no string.");
            read.Add(new(Pool.Share(label.Name), Pool.Share(label.Value.GetString()!)));
        }

        return new([.. read]);
    }

    // Kind and API version first, because items of a typed list may come without them; the rest in its own order.
    private static byte[] Write(ResourceKind kind, JsonElement root, string @namespace, string uid, long revision)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, kind.Kind);
        writer.WriteString("apiVersion"u8, kind.ApiVersion);
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("kind"u8) || member.NameEquals("apiVersion"u8)) continue;
            if (member.NameEquals("metadata"u8)) WriteMetadata(writer, member.Value, @namespace, uid, revision);
            else member.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, JsonElement metadata, string @namespace, string uid, long revision)
    {
        writer.WriteStartObject("metadata"u8);
        foreach (var member in metadata.EnumerateObject())
        {
            // The store's own, or noise: managedFields are longer than the rest of the object and nobody reads them.
            if (member.Name is "namespace" or "uid" or "resourceVersion" or "managedFields") continue;
            if (member.Name is "creationTimestamp" && member.Value.ValueKind is JsonValueKind.Null) continue;
            member.WriteTo(writer);
            if (member.Name is not "name") continue;
            if (@namespace.Length > 0) writer.WriteString("namespace"u8, @namespace);
            writer.WriteString("uid"u8, uid);
            writer.WriteString("resourceVersion"u8, revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        writer.WriteEndObject();
    }
}
