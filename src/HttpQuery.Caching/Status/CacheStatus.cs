using System.Globalization;
using System.Runtime.CompilerServices;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Status;

/// <summary>How a cache handled a request: one member of Cache-Status, such as <c>HttpQuery; hit; ttl=376</c> (RFC 9211 §2).</summary>
/// <remarks>The key (§2.7) is never reported.</remarks>
internal readonly record struct CacheStatus
{
    /// <summary>The name of the header.</summary>
    public const string HeaderName = "Cache-Status";

    private const int MostCharacters = 256;

    /// <summary>Why the request was forwarded (§2.2); <see langword="null"/> for a hit (§2.1) and if <see cref="IsRefused"/>.</summary>
    public ForwardReason? Forward { get; init; }

    /// <summary>Whether the request was neither served from the cache nor forwarded, because it had <c>only-if-cached</c>.</summary>
    public bool IsRefused { get; init; }

    /// <summary>The status code of the origin, if the client gets another one (§2.3). Reported if the request was forwarded.</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>The remaining lifetime of the response (§2.4). Reported in whole seconds, rounded down; negative when the response is
    /// stale.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether the response was stored (§2.5). Reported if the request was forwarded.</summary>
    public bool IsStored { get; init; }

    /// <summary>Whether the request waited for an identical one and got its response (§2.6). <see langword="false"/>: it waited without
    /// success and was forwarded. <see langword="null"/>: it did not wait. Reported if the request was forwarded.</summary>
    public bool? IsCollapsed { get; init; }

    /// <summary>Additional information (§2.8) in printable ASCII; other text is left out.</summary>
    public string? Detail { get; init; }

    /// <summary>Returns the list member for this cache.</summary>
    /// <param name="cacheName">The name of the cache: printable ASCII.</param>
    /// <exception cref="ArgumentException"><paramref name="cacheName"/> is empty or has other characters.</exception>
    public string ToFieldValue(string cacheName)
    {
        ArgumentException.ThrowIfNullOrEmpty(cacheName);
        if (!IsName(cacheName))
            throw new ArgumentException("The name of a cache is printable ASCII (RFC 9211 §2).", nameof(cacheName));

        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[MostCharacters]);
        AppendText(ref text, cacheName);
        if (Forward is { } reason)
        {
            text.AppendLiteral("; fwd=");
            text.AppendLiteral(Token(reason));
            if (ForwardStatus is { } status)
            {
                text.AppendLiteral("; fwd-status=");
                text.AppendFormatted(status);
            }

            if (IsStored) text.AppendLiteral("; stored");
            if (IsCollapsed is { } isCollapsed) text.AppendLiteral(isCollapsed ? "; collapsed" : "; collapsed=?0");
        }
        else if (!IsRefused)
        {
            text.AppendLiteral("; hit");
        }

        if (TimeToLive is { } time)
        {
            text.AppendLiteral("; ttl=");
            text.AppendFormatted(ToSeconds(time));
        }

        if (Detail is { Length: > 0 } detail && IsPrintable(detail))
        {
            text.AppendLiteral("; detail=");
            AppendText(ref text, detail);
        }

        return text.ToStringAndClear();
    }

    /// <summary>Appends this member to the lines of the caches nearer to the origin (§2).</summary>
    /// <param name="upstream">The lines in the received response.</param>
    /// <param name="cacheName">The name of the cache: printable ASCII.</param>
    /// <exception cref="ArgumentException"><paramref name="cacheName"/> is empty or has other characters.</exception>
    public StringValues AppendTo(StringValues upstream, string cacheName) => StringValues.Concat(upstream, ToFieldValue(cacheName));

    private static string Token(ForwardReason reason) => reason switch
    {
        ForwardReason.Bypass => "bypass",
        ForwardReason.Method => "method",
        ForwardReason.UriMiss => "uri-miss",
        ForwardReason.VaryMiss => "vary-miss",
        ForwardReason.Request => "request",
        _ => "stale",
    };

    // A Token if the text is one, else a String (RFC 9651 §3.3.4, §3.3.3).
    private static void AppendText(ref DefaultInterpolatedStringHandler text, string value)
    {
        if ((char.IsAsciiLetter(value[0]) || value[0] == '*') && HttpSyntax.IsToken(value))
        {
            text.AppendLiteral(value);
            return;
        }

        text.AppendLiteral("\"");
        text.AppendLiteral(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
        text.AppendLiteral("\"");
    }

    /// <summary>Converts a lifetime to the value of <c>ttl</c>: whole seconds, rounded down.</summary>
    internal static long ToSeconds(TimeSpan time) => (long)Math.Floor(time.TotalSeconds);

    /// <summary>Returns whether a name is valid for a cache.</summary>
    internal static bool IsName(string name) => name.Length > 0 && IsPrintable(name);

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
