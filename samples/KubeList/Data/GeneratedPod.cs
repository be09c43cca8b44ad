namespace KubeList.Data;

/// <summary>What is drawn for one pod of a generated cluster.</summary>
internal sealed record GeneratedPod(string Name, string Uid, int Created, string Phase)
{
    /// <summary>The node; <see langword="null"/> while the pod is pending.</summary>
    public GeneratedNode? Node { get; init; }

    /// <summary>Its number on the node.</summary>
    public int Ordinal { get; init; }

    public bool IsReady { get; init; }

    public int Restarts { get; init; }

    public bool IsCanary { get; init; }

    /// <summary>Running 94 %, Succeeded 3 %, Pending 2 %, Failed 1 %; of the running 2 % are not ready.</summary>
    public static GeneratedPod Draw(Pcg32 random, GeneratedDeployment deployment, Scheduler scheduler)
    {
        var phase = random.Below(100) switch
        {
            < 94 => "Running",
            < 97 => "Succeeded",
            < 99 => "Pending",
            _ => "Failed",
        };

        // A minute at least: what happens to a pod after its creation happens before the epoch too.
        var created = 60 + ClusterGenerator.SecondsBefore(random, 0, 60);
        var pod = new GeneratedPod($"{deployment.ReplicaSet}-{random.Word(5)}", random.Uid(), created, phase)
        {
            IsReady = phase is "Running" && !random.PerMille(20),
            Restarts = random.PerMille(850) ? 0 : DrawRestarts(random),
            IsCanary = random.PerMille(10),
        };
        if (phase is "Pending") return pod with { Restarts = 0 };
        var (node, ordinal) = scheduler.Place(random);
        return pod with { Node = node, Ordinal = ordinal };
    }

    // Geometric: one more with each toss that falls on the same side.
    private static int DrawRestarts(Pcg32 random)
    {
        var restarts = 1;
        while (restarts < 64 && random.Below(2) == 0) restarts++;
        return restarts;
    }
}
