using System.Globalization;
using System.Runtime.CompilerServices;
using HttpQuery.Caching.Internal;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>How a cache handled a request: one member of Cache-Status, such as <c>HttpQuery; hit; ttl=376</c> (RFC 9211 §2).</summary>
/// <remarks>The key (§2.7) is never told.</remarks>
internal readonly record struct CacheStatus
{
    /// <summary>The name of the field.</summary>
    public const string FieldName = "Cache-Status";

    private const int MostCharacters = 256;

    /// <summary>Why the request was forwarded (§2.2); <see langword="null"/> for a hit (§2.1) and where <see cref="IsRefused"/>.</summary>
    public ForwardReason? Forward { get; init; }

    /// <summary>Whether the request was neither answered from the cache nor forwarded: it had <c>only-if-cached</c>.</summary>
    public bool IsRefused { get; init; }

    /// <summary>The status code that came back, where it is not the one sent on (§2.3). It is told where the request was
    /// forwarded.</summary>
    public int? ForwardStatus { get; init; }

    /// <summary>How much longer the response is fresh (§2.4): told in whole seconds, rounded down; negative once it is stale.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether the response was stored (§2.5). It is told where the request was forwarded.</summary>
    public bool IsStored { get; init; }

    /// <summary>Whether the request waited for another that asked the same, and got its response (§2.6); <see langword="false"/>: it waited in vain, and was forwarded.
    /// <see langword="null"/>: it did not wait. It is told where the request was forwarded.</summary>
    public bool? IsCollapsed { get; init; }

    /// <summary>What else there is to tell (§2.8): printable ASCII; other text is left out.</summary>
    public string? Detail { get; init; }

    /// <summary>The member of the list that the field is.</summary>
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
            text.AppendFormatted(SecondsOf(time));
        }

        if (Detail is { Length: > 0 } detail && IsPrintable(detail))
        {
            text.AppendLiteral("; detail=");
            AppendText(ref text, detail);
        }

        return text.ToStringAndClear();
    }

    /// <summary>The lines of the field with this member after those of the caches nearer to the origin (§2).</summary>
    /// <param name="upstream">The lines that came with the response.</param>
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
        ForwardReason.Stale => "stale",
        ForwardReason.Partial => "partial",
        _ => "miss",
    };

    // As a Token where it is one, else as a String (RFC 9651 §3.3.4, §3.3.3).
    private static void AppendText(ref DefaultInterpolatedStringHandler text, string value)
    {
        if ((char.IsAsciiLetter(value[0]) || value[0] == '*') && FieldSyntax.IsToken(value))
        {
            text.AppendLiteral(value);
            return;
        }

        text.AppendLiteral("\"");
        text.AppendLiteral(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
        text.AppendLiteral("\"");
    }

    /// <summary>A lifetime as <c>ttl</c> states it: in whole seconds, rounded down.</summary>
    internal static long SecondsOf(TimeSpan time) => (long)Math.Floor(time.TotalSeconds);

    /// <summary>Whether a cache can have this name.</summary>
    internal static bool IsName(string name) => name.Length > 0 && IsPrintable(name);

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
