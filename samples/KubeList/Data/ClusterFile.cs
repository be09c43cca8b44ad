using System.Text.Json;
using KubeList.Store;

namespace KubeList.Data;

/// <summary>Reads what <c>kubectl get -o json</c> prints: a <c>List</c>, a typed list such as <c>PodList</c>, or one object.</summary>
internal static class ClusterFile
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256, AllowDuplicateProperties = false };

    /// <summary>Reads the objects of the kinds served here, and makes the namespaces that the file leaves out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="notes">Takes a line for each kind in the file that is not served.</param>
    /// <exception cref="FormatException">The file holds no Kubernetes objects, or a malformed one.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static IReadOnlyList<KubeObject> Read(string path, TextWriter notes)
    {
        using var file = File.OpenRead(path);
        using var document = JsonDocument.Parse(file, Options);
        var objects = new List<KubeObject>();
        var ignored = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (kind, apiVersion, item) in Items(document.RootElement, path))
        {
            if (ResourceKind.TryFind(kind, apiVersion, out var resource)) objects.Add(Parse(resource, item, objects.Count + 1, path));
            else ignored[$"{apiVersion} {kind}"] = ignored.GetValueOrDefault($"{apiVersion} {kind}") + 1;
        }

        foreach (var (kind, count) in ignored) notes.WriteLine($"KubeList does not serve {kind}; left out: {count}.");
        objects.AddRange(NamespaceObjects.Missing(objects));
        return objects;
    }

    private static KubeObject Parse(ResourceKind kind, JsonElement item, long revision, string path)
    {
        try { return ObjectParser.Parse(kind, item, revision); }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            throw new FormatException($"{path}, object {revision}: {error.Message}", error);
        }
    }

    private static IEnumerable<(string Kind, string ApiVersion, JsonElement Item)> Items(JsonElement root, string path)
    {
        if (root.ValueKind is not JsonValueKind.Object) throw new FormatException($"{path} holds no Kubernetes object.");
        var (kind, apiVersion) = (Text(root, "kind"), Text(root, "apiVersion"));
        if (!root.TryGetProperty("items", out var items) || items.ValueKind is not JsonValueKind.Array)
        {
            if (kind.Length == 0) throw new FormatException($"{path} holds no Kubernetes object: it has no kind.");
            return [(kind, apiVersion, root)];
        }

        // Items of a typed list come without kind and version: the list's name tells.
        var itemKind = kind.EndsWith("List", StringComparison.Ordinal) ? kind[..^"List".Length] : "";
        return items.EnumerateArray().Select(item => (
            Text(item, "kind") is { Length: > 0 } own ? own : itemKind,
            Text(item, "apiVersion") is { Length: > 0 } version ? version : apiVersion,
            item));
    }

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : "";
}
