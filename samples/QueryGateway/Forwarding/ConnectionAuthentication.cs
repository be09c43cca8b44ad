using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueryGateway.Forwarding;

/// <summary>Keeps authentication of a connection (NTLM, Negotiate) away from the shared connections to the origin.</summary>
/// <remarks>RFC 9110 §11 authenticates requests. An origin that authenticates connections takes every later request on one for the same user's.</remarks>
internal static class ConnectionAuthentication
{
    // Schemes whose credentials come with each request.
    private static readonly FrozenSet<string> RequestSchemes = FrozenSet.ToFrozenSet(
    [
        "ApiKey", "AWS", "AWS4-ECDSA-P256-SHA256", "AWS4-HMAC-SHA256", "Basic", "Bearer", "Digest", "DPoP", "GNAP", "Hawk", "HOBA", "OAuth", "PrivateToken", "SCRAM-SHA-1", "SCRAM-SHA-256", "SharedKey",
        "SharedKeyLite", "Signature", "Token", "vapid",
    ], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> ConnectionSchemes = FrozenSet.ToFrozenSet(["Kerberos", "Negotiate", "Nego2", "NTLM"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the credentials are known to count for one request only. Unknown schemes and malformed values are not.</summary>
    public static bool IsBoundToRequest(StringValues authorization)
    {
        if (authorization.Count == 0) return true;
        if (authorization.Count > 1) return false;
        var members = Members(authorization.ToString());
        return members is [{ Length: > 0 } first, .. var rest] && Scheme(first) is { } scheme && scheme.Length < first.Length && RequestSchemes.Contains(scheme) && rest.All(IsParameter);
    }

    /// <summary>Removes the challenges that would authenticate a connection; the others stay as they are.</summary>
    public static void RemoveChallenges(IHeaderDictionary headers)
    {
        headers.Remove("Persistent-Auth");
        foreach (var name in (ReadOnlySpan<string>)[HeaderNames.WWWAuthenticate, HeaderNames.ProxyAuthenticate])
        {
            if (!headers.TryGetValue(name, out var lines) || !lines.Any(Mentions)) continue;
            string[] rest = [.. lines.Select(line => Mentions(line) ? Without(line!) : line!).Where(line => line.Length > 0)];
            if (rest.Length == 0) headers.Remove(name);
            else headers[name] = rest;
        }
    }

    private static bool Mentions(string? line) => line is not null && ConnectionSchemes.Any(scheme => line.Contains(scheme, StringComparison.OrdinalIgnoreCase));

    // RFC 9110 §11.6.1: a member is a scheme with or without its first parameter, or a further parameter of the challenge before it.
    private static string Without(string line)
    {
        var members = Members(line);

        // Readers differ about a quoted string without an end: the scheme might be seen in it.
        if (members is null) return "";
        var kept = new List<string>();
        var isRemoved = false;
        foreach (var member in members)
        {
            if (!IsParameter(member)) isRemoved = Scheme(member) is not { } scheme || ConnectionSchemes.Contains(scheme);
            if (!isRemoved) kept.Add(member);
        }
        return string.Join(", ", kept);
    }

    /// <summary>The members of a list, empty ones left out; <see langword="null"/> where a quoted string has no end.</summary>
    private static string[]? Members(string line)
    {
        var (members, start, isQuoted) = (new List<string>(), 0, false);
        for (var i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] is ',' && !isQuoted))
            {
                var member = line[start..i].Trim(' ', '\t');
                if (member.Length > 0) members.Add(member);
                start = i + 1;
            }
            else if (line[i] is '"') isQuoted = !isQuoted;
            else if (line[i] is '\\' && isQuoted) i = Math.Min(i + 1, line.Length - 1);
        }
        return isQuoted ? null : [.. members];
    }

    private static bool IsParameter(string member)
    {
        var equals = member.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && MessageSyntax.IsToken(member.AsSpan(0, equals).TrimEnd(" \t"));
    }

    private static string? Scheme(string member)
    {
        var end = member.AsSpan().IndexOfAny(' ', '\t');
        var scheme = end < 0 ? member : member[..end];
        return MessageSyntax.IsToken(scheme) ? scheme : null;
    }
}
