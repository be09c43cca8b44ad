using System.Diagnostics.CodeAnalysis;

namespace KubeList.Store;

/// <summary>A kind of object that the server lists: its names, its scope, and the fields that a selector may ask for.</summary>
internal sealed class ResourceKind
{
    /// <summary>Place of <c>metadata.name</c> among <see cref="Fields"/>.</summary>
    public const int NameField = 0;

    /// <summary>Place of <c>metadata.namespace</c> among <see cref="Fields"/>.</summary>
    public const int NamespaceField = 1;

    /// <summary>Place of <c>metadata.uid</c> among <see cref="Fields"/>; GET cannot ask for it.</summary>
    public const int UidField = 2;

    private static readonly string[] MetadataFields = ["metadata.name", "metadata.namespace", "metadata.uid"];

    private ResourceKind(int index, string plural, string kind, bool isNamespaced, params FieldPath[] fields)
    {
        (Index, Plural, Kind, IsNamespaced) = (index, plural, kind, isNamespaced);
        Fields = [.. MetadataFields.Select(path => new FieldPath(path)), .. fields];
    }

    public static ResourceKind Pods { get; } = new(0, "pods", "Pod", isNamespaced: true,
        new("spec.nodeName"), new("spec.restartPolicy"), new("spec.schedulerName"), new("spec.serviceAccountName"),
        new("spec.hostNetwork", "false"), new("status.phase"), new("status.podIP"), new("status.nominatedNodeName"));

    public static ResourceKind Nodes { get; } = new(1, "nodes", "Node", isNamespaced: false, new FieldPath("spec.unschedulable", "false"));

    public static ResourceKind Namespaces { get; } = new(2, "namespaces", "Namespace", isNamespaced: false, new FieldPath("status.phase"));

    /// <summary>Every kind, each at its <see cref="Index"/>.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } = [Pods, Nodes, Namespaces];

    /// <summary>Place of this kind in <see cref="All"/> and in every cluster state.</summary>
    public int Index { get; }

    /// <summary>The name in paths and in error details, for example <c>pods</c>.</summary>
    public string Plural { get; }

    /// <summary>The name in objects, for example <c>Pod</c>.</summary>
    public string Kind { get; }

    /// <summary>The API version in objects; every kind here is of the core group.</summary>
    public string ApiVersion { get; } = "v1";

    public bool IsNamespaced { get; }

    /// <summary>The fields of a field selector; the three of the metadata stand first.</summary>
    public IReadOnlyList<FieldPath> Fields { get; }

    /// <summary>The place of <paramref name="path"/> among <see cref="Fields"/>, or −1.</summary>
    public int FindField(string path)
    {
        for (var i = 0; i < Fields.Count; i++)
            if (Fields[i].Path == path) return i;
        return -1;
    }

    /// <summary>Finds the kind that objects name, such as <c>Pod</c>.</summary>
    public static bool TryFind(string? kind, string? apiVersion, [NotNullWhen(true)] out ResourceKind? found)
    {
        found = All.FirstOrDefault(resource => resource.Kind == kind && resource.ApiVersion == apiVersion);
        return found is not null;
    }
}
