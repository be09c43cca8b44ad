using System.Globalization;
using KubeList.Store;

namespace KubeList.Data;

/// <summary>Where the first state comes from: a file, or the generator.</summary>
internal static class ClusterSource
{
    /// <summary>Most pods that are generated: ten times the limit that Kubernetes supports takes some 4 GB here.</summary>
    private const int MaximumPods = 1_500_000;

    /// <summary>Reads <c>--load FILE</c>, or <c>--pods N</c> (default 1,000) and <c>--seed S</c> (default 1).</summary>
    /// <exception cref="FormatException">An argument or the file is malformed.</exception>
    public static ClusterState Read(IConfiguration configuration)
    {
        if (configuration["load"] is { Length: > 0 } path) return ClusterState.Create(ClusterFile.Read(path, Console.Error));

        var pods = ReadNumber(configuration, "pods", 1_000);
        if (pods is 0 or > MaximumPods) throw new FormatException($"--pods must be from 1 to {MaximumPods}.");
        return ClusterState.Create(ClusterGenerator.Generate(ReadNumber(configuration, "seed", 1), (int)pods));
    }

    private static ulong ReadNumber(IConfiguration configuration, string name, ulong fallback)
    {
        if (configuration[name] is not { } text) return fallback;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"--{name} must be a whole number.");
    }
}
