using System.Buffers;
using System.Text.Json;

namespace KubeList.Data;

/// <summary>Writes generated pods as JSON: metadata and specification.</summary>
internal sealed partial class PodWriter(Pcg32 random, Scheduler scheduler)
{
    private static readonly string[] Requests = ["50m", "100m", "250m", "500m"];
    private static readonly string[] Sidecars = ["proxy", "log-shipper"];

    /// <summary>Draws a pod of <paramref name="deployment"/> and writes it.</summary>
    public ReadOnlyMemory<byte> Write(GeneratedDeployment deployment)
    {
        var pod = GeneratedPod.Draw(random, deployment, scheduler);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        WriteMetadata(json, pod, deployment);
        WriteSpec(json, pod, deployment);
        WriteStatus(json, pod, deployment);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteMetadata(Utf8JsonWriter json, GeneratedPod pod, GeneratedDeployment deployment)
    {
        json.WriteStartObject("metadata"u8);
        json.WriteString("name"u8, pod.Name);
        json.WriteString("namespace"u8, deployment.Namespace);
        json.WriteString("uid"u8, pod.Uid);
        json.WriteString("generateName"u8, $"{deployment.ReplicaSet}-");
        json.WriteString("creationTimestamp"u8, ClusterGenerator.Format(pod.Created));

        json.WriteStartObject("labels"u8);
        json.WriteString("app"u8, deployment.App);
        json.WriteString("app.kubernetes.io/name"u8, deployment.App);
        json.WriteString("app.kubernetes.io/instance"u8, $"{deployment.App}-{deployment.Environment}");
        json.WriteString("app.kubernetes.io/version"u8, deployment.Version);
        json.WriteString("app.kubernetes.io/component"u8, deployment.Component);
        json.WriteString("app.kubernetes.io/part-of"u8, deployment.PartOf);
        json.WriteString("app.kubernetes.io/managed-by"u8, "load-test"u8);
        json.WriteString("pod-template-hash"u8, deployment.Hash);
        json.WriteString("team"u8, deployment.Team);
        json.WriteString("tier"u8, deployment.Tier);
        json.WriteString("env"u8, deployment.Environment);
        if (pod.IsCanary) json.WriteString("canary"u8, "true"u8);
        json.WriteEndObject();

        json.WriteStartArray("ownerReferences"u8);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, "apps/v1"u8);
        json.WriteString("kind"u8, "ReplicaSet"u8);
        json.WriteString("name"u8, deployment.ReplicaSet);
        json.WriteString("uid"u8, deployment.ReplicaSetUid);
        json.WriteBoolean("controller"u8, true);
        json.WriteBoolean("blockOwnerDeletion"u8, true);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSpec(Utf8JsonWriter json, GeneratedPod pod, GeneratedDeployment deployment)
    {
        json.WriteStartObject("spec"u8);
        json.WriteStartArray("containers"u8);
        for (var i = 0; i < deployment.Containers; i++) WriteContainer(json, deployment, i);
        json.WriteEndArray();
        json.WriteString("restartPolicy"u8, "Always"u8);
        json.WriteString("dnsPolicy"u8, "ClusterFirst"u8);
        json.WriteString("serviceAccountName"u8, deployment.PartOf);
        if (pod.Node is not null) json.WriteString("nodeName"u8, pod.Node.Name);
        json.WriteString("schedulerName"u8, "default-scheduler"u8);
        json.WriteNumber("priority"u8, 0);
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, GeneratedDeployment deployment, int index)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, ContainerName(deployment, index));
        json.WriteString("image"u8, Image(deployment, index));
        if (index == 0)
        {
            json.WriteStartArray("ports"u8);
            json.WriteStartObject();
            json.WriteString("name"u8, "http"u8);
            json.WriteNumber("containerPort"u8, 8080);
            json.WriteString("protocol"u8, "TCP"u8);
            json.WriteEndObject();
            json.WriteEndArray();
            WriteVariables(json, deployment);
        }

        json.WriteStartObject("resources"u8);
        json.WriteStartObject("requests"u8);
        json.WriteString("cpu"u8, Requests[(deployment.App.Length + index) % Requests.Length]);
        json.WriteString("memory"u8, "128Mi"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("imagePullPolicy"u8, "IfNotPresent"u8);
        json.WriteEndObject();
    }

    private static void WriteVariables(Utf8JsonWriter json, GeneratedDeployment deployment)
    {
        if (deployment.Variables.Count == 0) return;
        json.WriteStartArray("env"u8);
        foreach (var (name, value) in deployment.Variables)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("value"u8, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string ContainerName(GeneratedDeployment deployment, int index) =>
        index == 0 ? deployment.Component : Sidecars[index - 1];

    private static string Image(GeneratedDeployment deployment, int index) => index == 0
        ? $"registry.example.com/{deployment.PartOf}/{deployment.Component}:{deployment.Version}"
        : $"registry.example.com/mesh/{Sidecars[index - 1]}:2.4.1";
}
