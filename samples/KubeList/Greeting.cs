using System.Text;
using KubeList.Store;

namespace KubeList;

/// <summary>What is printed at the start: the address, and one query asked in three ways, ready to be pasted.</summary>
internal static class Greeting
{
    public static string Text(string address, ClusterState cluster)
    {
        var pods = cluster[ResourceKind.Pods].Objects;
        var (key, values) = Example(pods);
        var list = $"{address.TrimEnd('/')}/api/v1/pods";
        var quoted = string.Join(',', values.Select(value => $"\"{value}\""));
        var selector = $"{key} in ({string.Join(',', values)})";
        var expression = $$"""{"key":"{{key}}","operator":"In","values":[{{quoted}}]}""";
        var json = $$$"""{"kind":"ListQuery","limit":2,"labelSelector":{"matchExpressions":[{{{expression}}}]}}""";
        return new StringBuilder()
            .AppendLine($"Listening on {address} with {pods.Length} pods, {cluster[ResourceKind.Nodes].Objects.Length} nodes and "
                + $"{cluster[ResourceKind.Namespaces].Objects.Length} namespaces. One query, asked in three ways:")
            .AppendLine()
            .AppendLine($"curl -X QUERY '{list}' -H 'Content-Type: application/json' -d '{json}'")
            .AppendLine($"curl -X QUERY '{list}' --data-urlencode 'labelSelector={selector}' --data-urlencode 'limit=2'")
            .AppendLine($"curl -G '{list}' --data-urlencode 'labelSelector={selector}' --data-urlencode 'limit=2'")
            .AppendLine()
            .ToString();
    }

    // A label that these pods have, and two of its values, so that the lines find something in any cluster.
    private static (string Key, string[] Values) Example(ReadOnlySpan<KubeObject> pods)
    {
        var counts = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            foreach (var label in pod.Labels.Items)
            {
                if (label.Value.Length == 0) continue;
                if (!counts.TryGetValue(label.Key, out var values)) counts.Add(label.Key, values = new(StringComparer.Ordinal));
                values[label.Value] = values.GetValueOrDefault(label.Value) + 1;
            }
        }

        var best = counts
            .Where(entry => entry.Value.Count > 1)
            .OrderByDescending(entry => entry.Key is "tier")
            .ThenByDescending(entry => entry.Key is "app")
            .ThenByDescending(entry => entry.Value.Values.Sum())
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        if (best.Key is null) return ("app", ["web", "api"]);
        var commonest = best.Value.OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal);
        return (best.Key, [.. commonest.Take(2).Select(value => value.Key)]);
    }
}
