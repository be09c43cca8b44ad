using System.Buffers;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueryGateway.Forwarding;

/// <summary>Finds what HTTP/1.1 cannot carry (RFC 9110 §5.1, §5.5, §7.2, §9.1; RFC 9112 §3.2; RFC 9113 §8.2.1, §8.3.1, §10.3).</summary>
/// <remarks>HTTP/2 frames can hold any byte. The HTTP client writes the request line as ASCII; after the first other character it sends what earlier requests left in its buffer.</remarks>
internal static class MessageSyntax
{
    // A fragment is no part of a target.
    private static readonly SearchValues<char> TargetChars = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(value => (char)value).Where(letter => letter is not '#')]);

    // RFC 9110 §5.6.2 tchar.
    private static readonly SearchValues<char> TokenChars = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // RFC 9110 §5.5: visible characters, obs-text, space and tab.
    private static readonly SearchValues<char> ValueChars = SearchValues.Create(['\t', .. Enumerable.Range(' ', 256 - ' ').Select(value => (char)value).Where(letter => letter is not '\x7F')]);

    // RFC 3986 §3.2.2, without sub-delims and escapes, which no host name needs.
    private static readonly SearchValues<char> NameChars = SearchValues.Create("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> AddressChars = SearchValues.Create(".:0123456789ABCDEFabcdef");

    // Most requests are for one host.
    private static string _lastHost = "";

    /// <summary>Returns why target, method or headers cannot be forwarded; <see langword="null"/> if they can. See <see cref="IsHost"/> for the host.</summary>
    public static string? FindFault(IHttpRequestFeature request)
    {
        if (!IsTarget(request.RawTarget)) return "The request target must consist of visible ASCII characters, without a fragment.";
        if (!IsToken(request.Method)) return "The method must be a token.";
        foreach (var (name, lines) in request.Headers)
        {
            // Pseudo-headers are judged above.
            if (name is [':', ..]) continue;
            if (!IsToken(name)) return "A header name must be a token.";
            if (KnownHeaders.IsImitated(name)) return "A header name must not read like another one where an origin takes its punctuation for a hyphen.";
            foreach (var line in lines)
            {
                if (line.AsSpan().ContainsAnyExcept(ValueChars)) return "A header value must not contain control characters.";
                if (line is [' ' or '\t', ..] or [.., ' ' or '\t']) return "A header value must not begin or end with white space.";
            }
        }
        return null;
    }

    /// <summary>Whether the text can stand in a request line: '!' to '~' without '#'.</summary>
    public static bool IsTarget(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TargetChars);

    /// <summary>Whether the text is a token (RFC 9110 §5.6.2).</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    /// <summary>Whether the server can write the text after a status code, without a change (RFC 9112 §4).</summary>
    public static bool IsReasonPhrase(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');

    /// <summary>Whether the lines are one host, with or without a port.</summary>
    public static bool IsHost(StringValues lines)
    {
        if (lines.Count != 1) return false;
        var text = lines.ToString();
        if (text == _lastHost) return text.Length > 0;
        if (text.Length == 0 || !IsAuthority(text) || !IsUnderstood(text)) return false;
        _lastHost = text;
        return true;
    }

    private static bool IsAuthority(ReadOnlySpan<char> text)
    {
        if (text[0] is '[')
        {
            var end = text.IndexOf(']');
            return end > 0 && !text[1..end].ContainsAnyExcept(AddressChars) && IPAddress.TryParse(text[1..end], out _) && IsPort(text[(end + 1)..]);
        }
        var colon = text.IndexOf(':');
        return colon is not 0 && !(colon < 0 ? text : text[..colon]).ContainsAnyExcept(NameChars) && (colon < 0 || IsPort(text[colon..]));
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text is [':', .. { Length: > 0 and <= 5 } digits] && !digits.ContainsAnyExceptInRange('0', '9') && int.Parse(digits, CultureInfo.InvariantCulture) <= ushort.MaxValue);

    // The client sends a Host that it does not understand beside another one of its own.
    private static bool IsUnderstood(string host)
    {
        using var request = new HttpRequestMessage();
        return request.Headers.TryAddWithoutValidation(HeaderNames.Host, host) && request.Headers.Host == host;
    }
}
