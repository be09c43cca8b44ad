using Microsoft.Extensions.Primitives;

namespace QueryGateway.Forwarding;

/// <summary>Removes the headers that <c>Connection</c> names, because they are for one connection (RFC 9110 §7.6.1).</summary>
/// <remarks>Known headers are for the whole way: <c>Connection</c> must not name them, and stays without effect if it does.</remarks>
internal static class HopByHopHeaders
{
    public static void Remove(IHeaderDictionary headers, StringValues connection)
    {
        foreach (var line in connection)
        {
            foreach (var option in line.AsSpan().Split(','))
            {
                var name = line.AsSpan(option).Trim().ToString();
                if (name.Length > 0 && !KnownHeaders.IsEndToEnd(name)) headers.Remove(name);
            }
        }
    }
}
