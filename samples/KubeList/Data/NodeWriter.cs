using System.Buffers;
using System.Text.Json;

namespace KubeList.Data;

/// <summary>Writes generated nodes as JSON.</summary>
internal static class NodeWriter
{
    private static readonly string[] Pressures = ["MemoryPressure", "DiskPressure", "PIDPressure"];

    public static ReadOnlyMemory<byte> Write(GeneratedNode node, Pcg32 random)
    {
        var created = ClusterGenerator.SecondsBefore(random, 200, 300);
        var cordoned = random.PerMille(20);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        WriteMetadata(json, node, created);
        WriteSpec(json, node, cordoned);
        WriteStatus(json, node, created, ready: !random.PerMille(10));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteMetadata(Utf8JsonWriter json, GeneratedNode node, int created)
    {
        json.WriteStartObject("metadata"u8);
        json.WriteString("name"u8, node.Name);
        json.WriteString("uid"u8, node.Uid);
        json.WriteString("creationTimestamp"u8, ClusterGenerator.Format(created));
        json.WriteStartObject("labels"u8);
        json.WriteString("beta.kubernetes.io/arch"u8, "amd64"u8);
        json.WriteString("kubernetes.io/arch"u8, "amd64"u8);
        json.WriteString("kubernetes.io/hostname"u8, node.Name);
        json.WriteString("kubernetes.io/os"u8, "linux"u8);
        json.WriteString("node.kubernetes.io/instance-type"u8, node.Size.Type);
        json.WriteString("topology.kubernetes.io/region"u8, GeneratedNode.RegionName);
        json.WriteString("topology.kubernetes.io/zone"u8, node.Zone);
        json.WriteEndObject();
        json.WriteStartObject("annotations"u8);
        json.WriteString("node.alpha.kubernetes.io/ttl"u8, "0"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSpec(Utf8JsonWriter json, GeneratedNode node, bool cordoned)
    {
        json.WriteStartObject("spec"u8);
        json.WriteString("podCIDR"u8, PodAddress.Range(node.Index));
        json.WriteString("providerID"u8, $"sample://{node.Zone}/{node.Uid}");
        if (cordoned) json.WriteBoolean("unschedulable"u8, true);
        json.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter json, GeneratedNode node, int created, bool ready)
    {
        json.WriteStartObject("status"u8);
        WriteResources(json, "capacity"u8, node.Size, 0);
        WriteResources(json, "allocatable"u8, node.Size, 1);
        json.WriteStartArray("conditions"u8);
        foreach (var pressure in Pressures) WriteCondition(json, pressure, "False", $"KubeletHasNo{pressure}", created);
        WriteCondition(json, "Ready", ready ? "True" : "False", ready ? "KubeletReady" : "KubeletNotReady", created);
        json.WriteEndArray();

        json.WriteStartArray("addresses"u8);
        WriteAddress(json, "InternalIP", node.Address);
        WriteAddress(json, "Hostname", node.Name);
        json.WriteEndArray();

        json.WriteStartObject("nodeInfo"u8);
        json.WriteString("architecture"u8, "amd64"u8);
        json.WriteString("containerRuntimeVersion"u8, "containerd://2.1.4"u8);
        json.WriteString("kernelVersion"u8, "6.12.43"u8);
        json.WriteString("kubeletVersion"u8, "v1.34.1"u8);
        json.WriteString("operatingSystem"u8, "linux"u8);
        json.WriteString("osImage"u8, "Debian GNU/Linux 13 (trixie)"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResources(Utf8JsonWriter json, ReadOnlySpan<byte> name, NodeSize size, int reservedGibibytes)
    {
        json.WriteStartObject(name);
        json.WriteString("cpu"u8, $"{size.Processors}");
        json.WriteString("memory"u8, $"{(size.MemoryGibibytes - reservedGibibytes) * 1024 * 1024}Ki");
        json.WriteString("pods"u8, "110"u8);
        json.WriteEndObject();
    }

    private static void WriteCondition(Utf8JsonWriter json, string type, string status, string reason, int secondsBefore)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("status"u8, status);
        json.WriteString("reason"u8, reason);
        json.WriteString("lastTransitionTime"u8, ClusterGenerator.Format(secondsBefore - 60));
        json.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter json, string type, string address)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("address"u8, address);
        json.WriteEndObject();
    }
}
