using System.Text;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Rules;

/// <summary>The cache directives of a request (RFC 9111 §5.2.1; RFC 5861 §4).</summary>
/// <remarks>Names ignore case, arguments are a token or a quoted-string, and unknown directives are ignored. If an age occurs twice, the
/// first counts (RFC 9111 §4.2.1 says so of responses). An unreadable age has the strictest meaning: no age, no staleness, or endless
/// freshness.</remarks>
internal readonly record struct RequestDirectives
{
    private const int LongestName = 14;

    /// <summary>The maximum age that the client accepts (§5.2.1.1).</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>How long past its lifetime the client accepts a response (§5.2.1.2); <see cref="TimeSpan.MaxValue"/> if no time is
    /// stated.</summary>
    public TimeSpan? MaxStale { get; init; }

    /// <summary>The minimum remaining lifetime that the response must have (§5.2.1.3).</summary>
    public TimeSpan? MinFresh { get; init; }

    /// <summary>How long past its lifetime the client accepts a response in place of an error (RFC 5861 §4).</summary>
    public TimeSpan? StaleIfError { get; init; }

    /// <summary>Whether a stored response must be validated before use (§5.2.1.4).</summary>
    public bool NoCache { get; init; }

    /// <summary>Whether neither this request nor its response may be stored (§5.2.1.5).</summary>
    public bool NoStore { get; init; }

    /// <summary>Whether content must not be transformed (§5.2.1.6), nor normalized for the key (RFC 10008 §2.7).</summary>
    public bool NoTransform { get; init; }

    /// <summary>Whether the client wants a stored response or else 504 (§5.2.1.7).</summary>
    public bool OnlyIfCached { get; init; }

    /// <summary>Reads the directives of a request without allocating.</summary>
    /// <param name="headers">The headers of the request. <c>Pragma: no-cache</c> counts if there is no Cache-Control (RFC 9111
    /// §5.4).</param>
    public static RequestDirectives Parse(IReadOnlyHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var cacheControl = headers["Cache-Control"];
        return Parse(cacheControl, cacheControl.Count == 0 ? headers["Pragma"] : default);
    }

    /// <summary>Reads the directives of a request without allocating.</summary>
    /// <param name="cacheControl">The lines of Cache-Control.</param>
    /// <param name="pragma">The lines of Pragma, which count if there is no Cache-Control (RFC 9111 §5.4).</param>
    public static RequestDirectives Parse(StringValues cacheControl, StringValues pragma = default)
    {
        var directives = default(RequestDirectives);
        foreach (var line in cacheControl)
        {
            var reader = new DirectiveReader(line);
            while (reader.Read()) directives = directives.With(reader);
        }

        return cacheControl.Count == 0 && HasNoCache(pragma) ? directives with { NoCache = true } : directives;
    }

    private static bool HasNoCache(StringValues pragma)
    {
        foreach (var line in pragma)
        {
            var reader = new DirectiveReader(line);
            while (reader.Read())
                if (Ascii.EqualsIgnoreCase(reader.Name, "no-cache")) return true;
        }

        return false;
    }

    private RequestDirectives With(scoped in DirectiveReader reader)
    {
        var isRead = DeltaSeconds.TryParse(reader.Argument, out var time);
        Span<char> lower = stackalloc char[LongestName];
        if (reader.Name.Length > LongestName) return this;
        Ascii.ToLower(reader.Name, lower, out var length);
        return lower[..length] switch
        {
            "max-age" => this with { MaxAge = MaxAge ?? time },
            "max-stale" => this with { MaxStale = MaxStale ?? (reader.HasArgument || reader.IsMalformed ? time : TimeSpan.MaxValue) },
            "min-fresh" => this with { MinFresh = MinFresh ?? (isRead ? time : TimeSpan.MaxValue) },
            "stale-if-error" => this with { StaleIfError = StaleIfError ?? time },
            "no-cache" => this with { NoCache = true },
            "no-store" => this with { NoStore = true },
            "no-transform" => this with { NoTransform = true },
            "only-if-cached" => this with { OnlyIfCached = true },
            _ => this,
        };
    }
}
