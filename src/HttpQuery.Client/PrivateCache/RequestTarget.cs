using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>Where a request goes, as SocketsHttpHandler sends it: <c>Uri</c> equality ignores user information, fragments and IPv6 scopes, and knows no <c>Host</c> header.</summary>
/// <param name="Scheme">The scheme in lower case.</param>
/// <param name="Authority">What the origin receives as <c>Host</c> or <c>:authority</c>.</param>
/// <param name="Target">What the origin receives in the request line or as <c>:path</c>.</param>
/// <param name="Server">Host and port of the connection, with the scope of an IPv6 address.</param>
/// <param name="HostLines">Lines of a <c>Host</c> header that differs from the URI, each ended by LF; <see langword="null"/> if there is none.</param>
internal readonly record struct RequestTarget(string Scheme, string Authority, string Target, string Server, string? HostLines)
{
    /// <summary>Whether <see cref="Authority"/> alone does not name the server.</summary>
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

        // IdnHost keeps the scope of an IPv6 address, which is not sent.
        var (scheme, authority, path) = TargetUri.Of(uri);
        var server = uri.HostNameType is not UriHostNameType.IPv6 ? authority : uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}";
        target = new(scheme, authority, path, server, null);
        if (!message.Headers.NonValidated.TryGetValues("Host", out var lines)) return true;

        // What is not a valid host is sent as a second Host line: Headers.Host is null then.
        if (lines.Count == 1 && lines.ToString() == authority) return true;
        target = target with { Authority = message.Headers.Host ?? authority, HostLines = string.Concat(lines.Select(line => line + "\n")) };
        return true;
    }

    /// <summary>Whether SocketsHttpHandler can send the target. It ends the request line at the first character beyond ASCII, and fills it with what its buffer held before.</summary>
    public bool IsSendable => !Target.AsSpan().ContainsAnyExceptInRange('!', '~');
}
