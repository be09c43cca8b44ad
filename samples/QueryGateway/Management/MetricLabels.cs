using System.Collections.Frozen;
using System.Globalization;

namespace QueryGateway.Management;

/// <summary>The labels that the page shows of one meter; measurements that differ in others are added up.</summary>
/// <remarks>A label is let through if this program or the origin says its values, and a client cannot invent them. The methods are the known ones and <c>_OTHER</c>.</remarks>
internal sealed class MetricLabels
{
    private static readonly FrozenDictionary<string, MetricLabels> Meters = new Dictionary<string, MetricLabels>
    {
        // The library's own labels have values of its own.
        ["HttpQuery"] = new("httpquery.", "error.type", "http.request.method", "http.response.status_code", "http.route"),
        ["Microsoft.AspNetCore.Hosting"] = new(null, "aspnetcore.request.is_unhandled", "error.type", "http.request.method", "http.response.status_code", "http.route", "network.protocol.version", "url.scheme"),

        // Without server.address, which is the local address of a connection: a machine may have a whole network of them.
        ["Microsoft.AspNetCore.Server.Kestrel"] = new(null, "error.type", "network.protocol.name", "network.protocol.version", "network.transport", "network.type", "server.port", "tls.protocol.version"),

        // Without server.address and server.port, which are Host as the client sent it, and without network.peer.address, because there is one origin.
        ["System.Net.Http"] = new(null, "error.type", "http.connection.state", "http.request.method", "http.response.status_code", "network.protocol.version", "url.scheme"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly string? _prefix;
    private readonly FrozenSet<string> _names;

    private MetricLabels(string? prefix, params string[] names) => (_prefix, _names) = (prefix, names.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>The labels of a meter; <see langword="null"/> if the page does not show it.</summary>
    public static MetricLabels? OfMeter(string name) => Meters.GetValueOrDefault(name);

    /// <summary>The name as Prometheus takes it.</summary>
    public static string Name(string name) => string.Create(name.Length, name, (letters, from) =>
    {
        for (var i = 0; i < letters.Length; i++) letters[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    });

    /// <summary>Writes the labels that are let through, ordered by name.</summary>
    public string Write(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>(tags.Length);
        foreach (var (name, value) in tags)
        {
            if (_names.Contains(name) || (_prefix is not null && name.StartsWith(_prefix, StringComparison.Ordinal))) labels.Add($"{Name(name)}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}\"");
        }
        if (labels.Count == 0) return "";
        labels.Sort(StringComparer.Ordinal);
        return $"{{{string.Join(',', labels)}}}";
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
