using System.Buffers;
using System.Collections.Frozen;

namespace QueryGateway.Forwarding;

/// <summary>Headers that frame, route, authorize or describe a message, or rule its caching.</summary>
internal static class KnownHeaders
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        "Age", "Allow", "Authentication-Info", "Authorization", "Connection", "Cookie", "Date", "Digest", "DPoP", "ETag", "Expect", "Expires", "Forwarded", "From", "Host", "Last-Modified", "Link",
        "Location", "Max-Forwards", "No-Vary-Search", "Origin", "Pragma", "Prefer", "Preference-Applied", "Range", "Referer", "Refresh", "Repr-Digest", "Retry-After", "Server", "Set-Cookie", "Signature",
        "Signature-Input", "Strict-Transport-Security", "Transfer-Encoding", "Upgrade", "User-Agent", "Vary", "Via", "Warning", "WWW-Authenticate", "X-Host", "X-HTTP-Method", "X-HTTP-Method-Override",
        "X-Method-Override", "X-Original-Host", "X-Original-URL", "X-Real-IP", "X-Rewrite-URL",
    ], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Prefixes = ["Accept", "Access-Control-", "Cache-", "CDN-", "Content-", "Cross-Origin-", "If-", "Sec-", "Surrogate-", "X-Forwarded-"];

    // What a token may hold beside letters, digits and hyphens.
    private static readonly SearchValues<char> Punctuation = SearchValues.Create("!#$%&'*+.^_`|~");

    /// <summary>Whether the header is for the whole way, and not for one connection. <c>Upgrade</c> counts as well, because the forwarder judges it.</summary>
    public static bool IsEndToEnd(string name) => Names.Contains(name) || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether an origin that reads headers as environment variables, as CGI does (RFC 3875 §4.1.18), takes this one for a known one: <c>X_Forwarded_Host</c>.</summary>
    public static bool IsImitated(string name)
    {
        if (!name.AsSpan().ContainsAny(Punctuation)) return false;
        return IsEndToEnd(string.Create(name.Length, name, (letters, from) =>
        {
            for (var i = 0; i < letters.Length; i++) letters[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '-';
        }));
    }
}
