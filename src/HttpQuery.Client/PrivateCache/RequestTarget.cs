using HttpQuery.Caching;
using HttpQuery.Caching.Engine;

namespace HttpQuery.PrivateCache;

/// <summary>The target of a request, as SocketsHttpHandler sends it.</summary>
/// <remarks>Equality of <c>Uri</c> is not enough: it ignores user information, fragments, IPv6 scopes and the <c>Host</c> header.</remarks>
/// <param name="Scheme">The scheme in lower case.</param>
/// <param name="Authority">The value that the origin receives as <c>Host</c> or <c>:authority</c>.</param>
/// <param name="Target">The value that the origin receives in the request line or as <c>:path</c>.</param>
/// <param name="Server">Host and port of the connection, with the scope of an IPv6 address.</param>
/// <param name="HostLines">Lines of a <c>Host</c> header that differs from the URI, each ended by LF, or <see langword="null"/>.</param>
internal readonly record struct RequestTarget(string Scheme, string Authority, string Target, string Server, string? HostLines)
{
    /// <summary>Whether the server must be part of the key, because <see cref="Authority"/> alone does not identify it.</summary>
    public bool NeedsServer => HostLines is not null || Server.Contains('%', StringComparison.Ordinal);

    /// <summary>Reads the target of a message.</summary>
    /// <returns><see langword="false"/> if the message has no absolute <c>http</c> or <c>https</c> URI.</returns>
    public static bool TryRead(HttpRequestMessage message, out RequestTarget target)
    {
        if (message.RequestUri is not { IsAbsoluteUri: true } uri || uri.Scheme is not ("http" or "https"))
        {
            target = default;
            return false;
        }

        // IdnHost keeps the scope of an IPv6 address. The scope is not sent.
        var (scheme, authority, path) = TargetUri.FromUri(uri);
        var server = uri.HostNameType is not UriHostNameType.IPv6 ? authority
            : uri.IsDefaultPort ? uri.IdnHost
            : $"{uri.IdnHost}:{uri.Port}";
        target = new(scheme, authority, path, server, null);
        if (!message.Headers.NonValidated.TryGetValues("Host", out var lines)) return true;

        // Headers.Host is null for an invalid host, which is sent as a second Host line.
        if (lines.Count == 1 && lines.ToString() == authority) return true;
        target = target with
        {
            Authority = message.Headers.Host ?? authority,
            HostLines = string.Concat(lines.Select(line => line + "\n")),
        };
        return true;
    }

    /// <summary>Whether SocketsHttpHandler can send the target.</summary>
    /// <remarks>At the first character beyond ASCII it ends the request line, and fills it with the previous bytes of its buffer.</remarks>
    public bool IsSendable => !Target.AsSpan().ContainsAnyExceptInRange('!', '~');
}
