using Microsoft.Extensions.Primitives;

namespace QueryGateway.Forwarding;

/// <summary>The fields that <c>Connection</c> names are for one connection (RFC 9110 §7.6.1).</summary>
internal static class ConnectionFields
{
    // What frames and routes a message is not a connection's, whatever is said; Upgrade is the forwarder's to judge.
    private static readonly HashSet<string> Kept = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Host", "Content-Length", "Transfer-Encoding", "Upgrade" };

    public static void Remove(IHeaderDictionary fields, StringValues connection)
    {
        foreach (var line in connection)
        {
            foreach (var option in line.AsSpan().Split(','))
            {
                var name = line.AsSpan(option).Trim().ToString();
                if (name.Length > 0 && !Kept.Contains(name)) fields.Remove(name);
            }
        }
    }
}
