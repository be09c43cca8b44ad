using System.Globalization;
using KubeList.Store;

namespace KubeList.Data;

/// <summary>Makes a cluster of the shape that Kubernetes' own load test has, octet by octet the same for the same arguments.</summary>
/// <remarks>A node for 30 pods, a namespace for 3,000; half of the pods in deployments of 5, a quarter of 30, a quarter of 250.
/// Each kind of object draws from its own stream, so that a change to one leaves the others as they are. No clock, no
/// <see cref="Random"/>, nothing that depends on the order of a hash table.</remarks>
internal static class ClusterGenerator
{
    private const int PodsPerNode = 30;
    private const int PodsPerNamespace = 3_000;

    // When the cluster was last looked at; everything in it is older.
    private static readonly DateTimeOffset Epoch = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    // Every cluster has these.
    private static readonly string[] SystemNamespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

    private enum Stream : ulong
    {
        Namespaces = 1,
        Nodes = 2,
        Deployments = 3,
        Pods = 4,
    }

    /// <summary>The objects in the order of their making: namespaces, nodes, pods.</summary>
    public static IReadOnlyList<KubeObject> Generate(ulong seed, int pods)
    {
        var objects = new List<KubeObject>(pods + (pods / PodsPerNode) + 8);
        var namespaces = Enumerable.Range(1, Ceiling(pods, PodsPerNamespace)).Select(i => $"workload-{i}").ToArray();

        var random = new Pcg32(seed, (ulong)Stream.Namespaces);
        foreach (var name in SystemNamespaces.Concat(namespaces))
            Add(ResourceKind.Namespaces, NamespaceObjects.Write(name, random.Uid(), Timestamp(random, 300, 400)));

        random = new(seed, (ulong)Stream.Nodes);
        var nodes = Enumerable.Range(0, Ceiling(pods, PodsPerNode)).Select(i => GeneratedNode.Draw(random, i)).ToArray();
        foreach (var node in nodes) Add(ResourceKind.Nodes, NodeWriter.Write(node, random));

        random = new(seed, (ulong)Stream.Deployments);
        var deployments = GeneratedDeployment.DrawAll(random, pods, namespaces);

        random = new(seed, (ulong)Stream.Pods);
        var scheduler = new Scheduler(nodes);
        var writer = new PodWriter(random, scheduler);
        foreach (var deployment in deployments)
            for (var i = 0; i < deployment.Replicas; i++) Add(ResourceKind.Pods, writer.Write(deployment));
        return objects;

        void Add(ResourceKind kind, ReadOnlyMemory<byte> json) => objects.Add(ObjectParser.Parse(kind, json, objects.Count + 1));
    }

    /// <summary>A time between <paramref name="least"/> and <paramref name="most"/> days before the epoch, as RFC 3339.</summary>
    public static string Timestamp(Pcg32 random, int least, int most) => Format(SecondsBefore(random, least, most));

    /// <summary>A number of seconds that makes between <paramref name="least"/> and <paramref name="most"/> days.</summary>
    public static int SecondsBefore(Pcg32 random, int least, int most) => (least * 86_400) + random.Below((most - least) * 86_400);

    /// <summary>The time that many seconds before the epoch.</summary>
    public static string Format(int secondsBefore) =>
        Epoch.AddSeconds(-secondsBefore).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static int Ceiling(int count, int size) => ((count - 1) / size) + 1;
}
