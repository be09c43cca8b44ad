namespace KubeList.Store;

/// <summary>A field that a selector may ask for, such as <c>spec.nodeName</c>.</summary>
/// <param name="Path">Member names joined by dots.</param>
/// <param name="Absent">What the field compares as where an object has none: empty, but <c>false</c> for a Boolean,
/// because Kubernetes compares the typed value (<c>spec.unschedulable=false</c> finds every schedulable node).</param>
internal sealed record FieldPath(string Path, string Absent = "")
{
    /// <summary>The member names from the root.</summary>
    public IReadOnlyList<string> Segments { get; } = Path.Split('.');
}
