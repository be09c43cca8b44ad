using System.Text.Json;

namespace KubeList.Data;

/// <content>The status.</content>
internal sealed partial class PodWriter
{
    private static void WriteStatus(Utf8JsonWriter json, GeneratedPod pod, GeneratedDeployment deployment)
    {
        json.WriteStartObject("status"u8);
        json.WriteString("phase"u8, pod.Phase);
        json.WriteStartArray("conditions"u8);
        if (pod.Node is null) WriteCondition(json, "PodScheduled", holds: false, pod.Created, "Unschedulable");
        else
        {
            var notReady = pod.Phase switch
            {
                "Succeeded" => "PodCompleted",
                "Failed" => "PodFailed",
                _ => "ContainersNotReady",
            };
            WriteCondition(json, "Initialized", holds: true, pod.Created - 2, null);
            WriteCondition(json, "Ready", pod.IsReady, pod.Created - 9, notReady);
            WriteCondition(json, "ContainersReady", pod.IsReady, pod.Created - 9, notReady);
            WriteCondition(json, "PodScheduled", holds: true, pod.Created - 1, null);
        }

        json.WriteEndArray();
        if (pod.Node is { } node)
        {
            json.WriteString("hostIP"u8, node.Address);
            json.WriteString("podIP"u8, PodAddress.Of(node.Index, pod.Ordinal));
            json.WriteString("startTime"u8, ClusterGenerator.Format(pod.Created - 1));
            json.WriteStartArray("containerStatuses"u8);
            for (var i = 0; i < deployment.Containers; i++) WriteContainerStatus(json, pod, deployment, i);
            json.WriteEndArray();
        }

        json.WriteString("qosClass"u8, "Burstable"u8);
        json.WriteEndObject();
    }

    private static void WriteCondition(Utf8JsonWriter json, string type, bool holds, int secondsBefore, string? reason)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("status"u8, holds ? "True"u8 : "False"u8);
        if (!holds && reason is not null) json.WriteString("reason"u8, reason);
        json.WriteString("lastTransitionTime"u8, ClusterGenerator.Format(secondsBefore));
        json.WriteEndObject();
    }

    private static void WriteContainerStatus(Utf8JsonWriter json, GeneratedPod pod, GeneratedDeployment deployment, int index)
    {
        // Restarts and trouble are those of the application; its sidecars run on.
        var own = index == 0;
        json.WriteStartObject();
        json.WriteString("name"u8, ContainerName(deployment, index));
        json.WriteStartObject("state"u8);
        if (pod.Phase is "Running" && (pod.IsReady || !own || pod.Restarts == 0))
        {
            json.WriteStartObject("running"u8);
            json.WriteString("startedAt"u8, ClusterGenerator.Format(pod.Created - 5));
        }
        else if (pod.Phase is "Running")
        {
            json.WriteStartObject("waiting"u8);
            json.WriteString("reason"u8, "CrashLoopBackOff"u8);
        }
        else
        {
            json.WriteStartObject("terminated"u8);
            json.WriteNumber("exitCode"u8, pod.Phase is "Failed" && own ? 1 : 0);
            json.WriteString("reason"u8, pod.Phase is "Failed" && own ? "Error"u8 : "Completed"u8);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteBoolean("ready"u8, pod.IsReady || (pod.Phase is "Running" && !own));
        json.WriteNumber("restartCount"u8, own ? pod.Restarts : 0);
        json.WriteString("image"u8, Image(deployment, index));
        json.WriteBoolean("started"u8, pod.Phase is "Running");
        json.WriteEndObject();
    }
}
