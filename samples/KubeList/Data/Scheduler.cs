namespace KubeList.Data;

/// <summary>Spreads pods over nodes, never more than 110 on one: what a kubelet takes by default.</summary>
internal sealed class Scheduler(GeneratedNode[] nodes)
{
    private const int MostPods = 110;

    private readonly int[] _pods = new int[nodes.Length];

    /// <summary>A node with room, and the number that the pod gets on it. A third of all room is used, so there always is one.</summary>
    public (GeneratedNode Node, int Ordinal) Place(Pcg32 random)
    {
        // The emptier of two: spreads almost as well as looking at all, as schedulers at scale do.
        var (one, other) = (random.Below(nodes.Length), random.Below(nodes.Length));
        var chosen = _pods[one] <= _pods[other] ? one : other;
        while (_pods[chosen] == MostPods) chosen = (chosen + 1) % nodes.Length;
        return (nodes[chosen], _pods[chosen]++);
    }
}
