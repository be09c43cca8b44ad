namespace KubeList.Data;

/// <summary>One deployment of a generated cluster, with the replica set that owns its pods.</summary>
internal sealed record GeneratedDeployment(string Namespace, string App, string Hash, string ReplicaSetUid, int Replicas)
{
    private const int Teams = 40;

    private static readonly string[] Domains =
    [
        "orders", "billing", "catalog", "search", "checkout", "profile", "inbox", "media", "ledger", "pricing", "stock", "shipping",
        "fraud", "offers", "reviews", "session", "audit", "report", "export", "ingest",
    ];

    private static readonly string[] Roles = ["api", "worker", "web", "cron", "proxy", "cache", "stream", "gateway"];
    private static readonly string[] Tiers = ["frontend", "backend", "data", "batch"];
    private static readonly string[] Environments = ["prod", "staging", "test", "dev"];

    // Zipf's law in whole numbers: team k is 1/k times as likely as the first. Floating point could differ between machines.
    private static readonly int[] TeamWeights = [.. Enumerable.Range(1, Teams).Select(rank => 1_000_000 / rank)];
    private static readonly int TeamWeight = TeamWeights.Sum();

    public required string Component { get; init; }

    public required string PartOf { get; init; }

    public required string Version { get; init; }

    public required string Team { get; init; }

    public required string Tier { get; init; }

    public required string Environment { get; init; }

    /// <summary>Containers of each pod, from 1 to 3.</summary>
    public required int Containers { get; init; }

    /// <summary>Variables of the application's container: none for most, many for some, which is what makes some pods long.</summary>
    public required IReadOnlyList<(string Name, string Value)> Variables { get; init; }

    public string ReplicaSet => $"{App}-{Hash}";

    /// <summary>Deployments of 5, 30 and 250 replicas for half, a quarter and a quarter of the pods; the last of each size takes
    /// what is left.</summary>
    public static IReadOnlyList<GeneratedDeployment> DrawAll(Pcg32 random, int pods, string[] namespaces)
    {
        var quarter = pods / 4;
        var sizes = Sizes(pods - (2 * quarter), 5).Concat(Sizes(quarter, 30)).Concat(Sizes(quarter, 250));
        return [.. sizes.Select((size, i) => Draw(random, i, size, namespaces[i % namespaces.Length]))];
    }

    private static IEnumerable<int> Sizes(int pods, int size)
    {
        for (; pods > 0; pods -= size) yield return Math.Min(pods, size);
    }

    private static GeneratedDeployment Draw(Pcg32 random, int index, int replicas, string @namespace)
    {
        var (domain, role) = (random.Pick(Domains), random.Pick(Roles));
        return new(@namespace, $"{domain}-{role}-{index + 1}", random.Word(10), random.Uid(), replicas)
        {
            Component = role,
            PartOf = domain,
            Version = $"{1 + random.Below(4)}.{random.Below(20)}.{random.Below(10)}",
            Team = DrawTeam(random),
            Tier = random.Pick(Tiers),
            Environment = random.Pick(Environments),
            Containers = random.PerMille(800) ? 1 : random.PerMille(750) ? 2 : 3,
            Variables = DrawVariables(random),
        };
    }

    private static (string Name, string Value)[] DrawVariables(Pcg32 random)
    {
        var count = random.PerMille(700) ? 0 : random.Below(random.PerMille(200) ? 64 : 16);
        return [.. Enumerable.Range(1, count).Select(i => ($"SETTING_{i:D2}", random.Word(4 + random.Below(24))))];
    }

    private static string DrawTeam(Pcg32 random)
    {
        var drawn = random.Below(TeamWeight);
        var rank = 0;
        while (drawn >= TeamWeights[rank]) drawn -= TeamWeights[rank++];
        return $"team-{rank + 1:D2}";
    }
}
