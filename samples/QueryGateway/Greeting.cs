using System.Text;

namespace QueryGateway;

/// <summary>What is printed at the start: the addresses, and lines ready to be pasted where the origin is the sample KubeList.</summary>
internal static class Greeting
{
    public static string Text(WebApplication gateway)
    {
        var options = gateway.Services.GetRequiredService<GatewayOptions>();
        var address = gateway.Urls.First().TrimEnd('/');
        var text = new StringBuilder().AppendLine($"Listening on {string.Join(" and ", gateway.Urls)}, in front of {options.Origin.GetLeftPart(UriPartial.Authority)}{(options.NoCache ? ", without a cache" : "")}.");
        if (options.Management is { } management) text.AppendLine($"Health, metrics and purge: {management.ListenUrl}");
        return text
            .AppendLine("Where the origin is samples/KubeList, ask it twice, and read Cache-Status; and by GET:")
            .AppendLine()
            .AppendLine($"curl -si -X QUERY '{address}/api/v1/pods' --data-urlencode 'labelSelector=tier in (backend,data)' --data-urlencode 'limit=1'")
            .AppendLine($"curl -si -X QUERY '{address}/api/v1/pods' --data-urlencode 'labelSelector=tier in (backend,data)' --data-urlencode 'limit=1'")
            .AppendLine($"curl -si -G '{address}/api/v1/pods' --data-urlencode 'labelSelector=tier in (backend,data)' --data-urlencode 'limit=1'")
            .AppendLine()
            .ToString();
    }
}
