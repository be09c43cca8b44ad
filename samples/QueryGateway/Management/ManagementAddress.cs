using System.Net;

namespace QueryGateway.Management;

/// <summary>Where the management server listens: an <c>http</c> URL of host and port alone.</summary>
internal sealed class ManagementAddress
{
    private ManagementAddress(Uri url)
    {
        Host = url.IdnHost;
        var isAny = IPAddress.TryParse(Host, out var address) && address.Equals(IPAddress.IPv6Any);

        // Kestrel binds exactly an IP address or localhost, and every address of the machine for any other name.
        IsLoopback = address is null ? Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) : IPAddress.IsLoopback(address);
        ListenUrl = isAny ? $"http://*:{url.Port}" : url.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>The host, without the brackets of an IPv6 address.</summary>
    public string Host { get; }

    /// <summary>Whether only this machine can reach the address.</summary>
    public bool IsLoopback { get; }

    /// <summary>The address as Kestrel reads it.</summary>
    public string ListenUrl { get; }

    /// <summary>Reads the address.</summary>
    /// <param name="text">The URL; <c>*</c> and <c>+</c> stand for every address of this machine, as in <c>--urls</c>.</param>
    /// <param name="isPublic">Whether other machines may reach the address.</param>
    /// <exception cref="FormatException">The URL is malformed, or others can reach it and may not.</exception>
    public static ManagementAddress Parse(string text, bool isPublic)
    {
        var isWildcard = text.StartsWith("http://*:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://+:", StringComparison.OrdinalIgnoreCase);
        var address = new ManagementAddress(GatewayOptions.ParseUrl("management", isWildcard ? $"http://[::]{text["http://*".Length..]}" : text, "http"));
        if (address.IsLoopback || isPublic) return address;
        throw new FormatException(
            $"--management '{text}' can be reached from other machines, and it asks for no credentials. Use 127.0.0.1, [::1] or localhost; if the network keeps clients away from it, add --management-public.");
    }
}
