namespace KubeList.Data;

/// <summary>A machine type.</summary>
internal sealed record NodeSize(string Type, int Processors, int MemoryGibibytes)
{
    public static IReadOnlyList<NodeSize> All { get; } =
        [new("std.xlarge", 4, 16), new("std.2xlarge", 8, 32), new("std.4xlarge", 16, 64), new("mem.4xlarge", 16, 128)];
}
