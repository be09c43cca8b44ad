namespace KubeList.Data;

/// <summary>One node of a generated cluster.</summary>
internal sealed record GeneratedNode(int Index, string Name, string Uid, string Zone, NodeSize Size)
{
    private const string Region = "eu-north-1";

    private static readonly string[] Zones = [$"{Region}a", $"{Region}b", $"{Region}c"];

    public string Address => $"10.{100 + (Index / 65_536)}.{Index / 256 % 256}.{Index % 256}";

    public static string RegionName => Region;

    public static GeneratedNode Draw(Pcg32 random, int index) =>
        new(index, $"node-{index + 1:D5}", random.Uid(), Zones[index % Zones.Length], random.Pick(NodeSize.All));
}
