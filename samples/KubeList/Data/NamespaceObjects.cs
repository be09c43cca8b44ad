using System.Buffers;
using System.Text.Json;
using KubeList.Store;

namespace KubeList.Data;

/// <summary>Writes the objects of namespaces.</summary>
internal static class NamespaceObjects
{
    /// <summary>When a namespace was made whose beginning nobody wrote down.</summary>
    private const string UnknownCreation = "1970-01-01T00:00:00Z";

    /// <summary>The namespaces that <paramref name="objects"/> lie in but that are not among them, by name.</summary>
    public static IEnumerable<KubeObject> Missing(IReadOnlyList<KubeObject> objects)
    {
        var present = objects.Where(item => item.Kind == ResourceKind.Namespaces).Select(item => item.Name);
        var needed = objects.Where(item => item.Kind.IsNamespaced).Select(item => item.Namespace);
        return needed
            .Except(present, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select((name, i) => (Json: Write(name, uid: null, UnknownCreation), Revision: objects.Count + i + 1))
            .Select(made => ObjectParser.Parse(ResourceKind.Namespaces, made.Json, made.Revision))
            .ToList();
    }

    /// <summary>One namespace as JSON.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="uid">Its uid; <see langword="null"/> has one derived from the name.</param>
    /// <param name="created">Its time of creation.</param>
    public static ReadOnlyMemory<byte> Write(string name, string? uid, string created)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("name"u8, name);
        if (uid is not null) writer.WriteString("uid"u8, uid);
        writer.WriteString("creationTimestamp"u8, created);
        writer.WriteStartObject("labels"u8);
        writer.WriteString("kubernetes.io/metadata.name"u8, name);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("spec"u8);
        writer.WriteStartArray("finalizers"u8);
        writer.WriteStringValue("kubernetes"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteStartObject("status"u8);
        writer.WriteString("phase"u8, "Active"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
