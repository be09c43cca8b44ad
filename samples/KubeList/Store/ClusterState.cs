namespace KubeList.Store;

/// <summary>All objects at one revision. Never changed: a change makes the next state, which shares what did not change.</summary>
internal sealed class ClusterState
{
    private readonly ResourceSnapshot[] _resources;

    private ClusterState(long revision, ResourceSnapshot[] resources) => (Revision, _resources) = (revision, resources);

    /// <summary>Counts the changes since the beginning; 0 before the first.</summary>
    public long Revision { get; }

    /// <summary>The state after <paramref name="objects"/> have been stored, in that order.</summary>
    public static ClusterState Create(IReadOnlyCollection<KubeObject> objects) => new(
        objects.Count == 0 ? 0 : objects.Max(item => item.Revision),
        [.. ResourceKind.All.Select(kind => ResourceSnapshot.Create(objects.Where(item => item.Kind == kind)))]);

    public ResourceSnapshot this[ResourceKind kind] => _resources[kind.Index];

    /// <summary>The next state, in which <paramref name="kind"/> has the objects of <paramref name="snapshot"/>.</summary>
    public ClusterState Next(ResourceKind kind, ResourceSnapshot snapshot)
    {
        ResourceSnapshot[] resources = [.. _resources];
        resources[kind.Index] = snapshot;
        return new(Revision + 1, resources);
    }
}
