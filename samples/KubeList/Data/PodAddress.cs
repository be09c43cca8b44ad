namespace KubeList.Data;

/// <summary>Addresses of pods: each node has a range of 256, of which its pods take the first 110.</summary>
internal static class PodAddress
{
    public static string Of(int node, int ordinal) => $"{Prefix(node)}.{ordinal + 2}";

    public static string Range(int node) => $"{Prefix(node)}.0/24";

    private static string Prefix(int node) => $"10.{node / 256 % 100}.{node % 256}";
}
