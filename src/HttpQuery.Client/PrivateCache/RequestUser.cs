using HttpQuery.Caching;
using HttpQuery.Caching.Adapters;

namespace HttpQuery.PrivateCache;

/// <summary>The parts of a request that identify its user.</summary>
/// <param name="Partition">The value of <see cref="PrivateCacheOptions.Partition"/>.</param>
/// <param name="UserInfo">The user information of the URI. Empty if there is none.</param>
/// <param name="Headers">The credential headers that the request has, by lower-case name in ordinal order.</param>
internal sealed record RequestUser(string? Partition, string UserInfo, (string Name, string[] Lines)[] Headers)
{
    // The parentheses keep these names apart from those of headers.
    private const string PartitionName = "(partition)", UserInfoName = "(user information)", CookiesName = "(cookies of the container)",
        HostName = "(host)", ServerName = "(server)";

    private static readonly (string Name, string[] Lines)[] NoHeaders = [];

    /// <summary>Reads the user of a request.</summary>
    /// <param name="message">The request.</param>
    /// <param name="names">Lower-case names of the credential headers, in ordinal order.</param>
    /// <param name="partition">The value of <see cref="PrivateCacheOptions.Partition"/>.</param>
    public static RequestUser From(HttpRequestMessage message, string[] names, Func<HttpRequestMessage, string?>? partition)
    {
        List<(string, string[])>? headers = null;
        foreach (var name in names)
        {
            // Custom headers may be among those of the content. They are sent, too.
            string[] lines = [];
            if (message.Headers.NonValidated.TryGetValues(name, out var values)) lines = [.. values];
            if (message.Content?.Headers.NonValidated.TryGetValues(name, out values) is true) lines = [.. lines, .. values];
            if (lines.Length > 0) (headers ??= []).Add((name, lines));
        }
        var userInfo = message.RequestUri is { IsAbsoluteUri: true } uri ? uri.UserInfo : "";
        return new(partition?.Invoke(message), userInfo, headers is null ? NoHeaders : [.. headers]);
    }

    /// <summary>Tells whether the other request is for the same user.</summary>
    public bool IsSameAs(RequestUser other)
    {
        if (Partition != other.Partition || UserInfo != other.UserInfo || Headers.Length != other.Headers.Length) return false;
        for (var i = 0; i < Headers.Length; i++)
        {
            if (Headers[i].Name != other.Headers[i].Name || !Headers[i].Lines.AsSpan().SequenceEqual(other.Headers[i].Lines)) return false;
        }
        return true;
    }

    /// <summary>Tells whether the request has this credential header.</summary>
    public bool HasHeader(string name) => Headers.Any(header => header.Name == name);

    /// <summary>Returns the digest that separates this request from those of other users and servers. Empty if the request names
    /// neither.</summary>
    /// <param name="cookies">The cookies that the transport adds, or <see langword="null"/>.</param>
    /// <param name="target">The target of the request.</param>
    public byte[] ComputeDigest(string? cookies, in RequestTarget target)
    {
        var count = Headers.Length + (Partition is null ? 0 : 1) + (UserInfo.Length == 0 ? 0 : 1) + (cookies is null ? 0 : 1)
            + (target.NeedsServer ? 2 : 0);
        if (count == 0) return [];

        using var digest = new IdentityDigest();
        digest.Add(count);
        foreach (var (name, lines) in Headers) digest.Add(name, lines);
        if (Partition is not null) digest.Add(PartitionName, Partition);
        if (UserInfo.Length > 0) digest.Add(UserInfoName, UserInfo);
        if (cookies is not null) digest.Add(CookiesName, cookies);
        if (target.NeedsServer)
        {
            digest.Add(HostName, target.HostLines ?? "");
            digest.Add(ServerName, target.Server);
        }
        return digest.Complete();
    }
}
