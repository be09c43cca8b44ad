using System.Text;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Rules;

/// <summary>The cache directives of a response (RFC 9111 §5.2.2; RFC 5861; RFC 8246).</summary>
/// <remarks>Names ignore case, arguments are a token or a quoted-string, and unknown directives are ignored. If an age occurs twice, the
/// first counts. An unreadable lifetime is zero, so the response is stale (RFC 9111 §4.2.1 has both). A directive that forbids something
/// counts with any argument. <c>public</c> and <c>must-understand</c> allow something, so they count only without an argument.</remarks>
internal readonly partial record struct ResponseDirectives
{
    private const int LongestName = 22;

    // Far above the number in real responses. Each further directive copies the earlier names, so without a limit the cost is quadratic.
    private const int MostNames = 64;

    /// <summary>The lifetime (§5.2.2.1).</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The lifetime in shared caches, <c>s-maxage</c>. In a shared cache it also forbids stale use (§5.2.2.10).</summary>
    public TimeSpan? SharedMaxAge { get; init; }

    /// <summary>How long past its lifetime the response may be served while it is validated (RFC 5861 §3).</summary>
    public TimeSpan? StaleWhileRevalidate { get; init; }

    /// <summary>How long past its lifetime the response may be served in place of an error (RFC 5861 §4).</summary>
    public TimeSpan? StaleIfError { get; init; }

    /// <summary>Whether the response may never be served stale (§5.2.2.2).</summary>
    public bool MustRevalidate { get; init; }

    /// <summary>Whether only a cache that knows the requirements of its status code may store it (§5.2.2.3).</summary>
    public bool MustUnderstand { get; init; }

    /// <summary>Whether each use needs validation (§5.2.2.4): <c>no-cache</c> without names, or with names that cannot be read or whose
    /// headers must stay, such as Vary.</summary>
    public bool NoCache { get; init; }

    /// <summary>The headers that <c>no-cache</c> names, which are not stored. <see langword="null"/> if it names none.</summary>
    public HeaderNameSet? NoCacheFields { get; init; }

    /// <summary>Whether no part of the response may be stored (§5.2.2.5).</summary>
    public bool NoStore { get; init; }

    /// <summary>Whether content must not be transformed (§5.2.2.6).</summary>
    public bool NoTransform { get; init; }

    /// <summary>Whether a shared cache must not store the response (§5.2.2.7): <c>private</c> without names, or with names that cannot be
    /// read or whose headers must stay.</summary>
    public bool Private { get; init; }

    /// <summary>The headers that <c>private</c> names, which a shared cache does not store. <see langword="null"/> if it names
    /// none.</summary>
    public HeaderNameSet? PrivateFields { get; init; }

    /// <summary>Whether a shared cache may never serve the response stale (§5.2.2.8).</summary>
    public bool ProxyRevalidate { get; init; }

    /// <summary>Whether the response may be stored although other rules do not allow it (§5.2.2.9).</summary>
    public bool Public { get; init; }

    /// <summary>Whether the response does not change while it is fresh (RFC 8246 §2).</summary>
    public bool Immutable { get; init; }

    /// <summary>Whether the directives come from <c>CDN-Cache-Control</c>, so that Expires is ignored (RFC 9213 §2.2).</summary>
    public bool IsTargeted { get; init; }

    /// <summary>Reads the directives that apply to a cache. A shared cache reads <c>CDN-Cache-Control</c> if it is well formed and not
    /// empty (RFC 9213 §2.2, §3). Otherwise Cache-Control applies.</summary>
    public static ResponseDirectives Parse(IReadOnlyHeaders headers, CacheMode mode)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return mode is CacheMode.Shared && TryParseTargeted(headers["CDN-Cache-Control"], out var targeted)
            ? targeted
            : Parse(headers["Cache-Control"]);
    }

    /// <summary>Reads the lines of Cache-Control. Allocates only if directives name headers.</summary>
    public static ResponseDirectives Parse(StringValues cacheControl)
    {
        var directives = default(ResponseDirectives);
        foreach (var line in cacheControl)
        {
            var reader = new DirectiveReader(line);
            while (reader.Read())
            {
                var age = DeltaSeconds.TryParse(reader.Argument, out var time) ? time : TimeSpan.Zero;
                directives = directives.With(reader.Name, age, reader.Argument, isPlain: !reader.HasArgument && !reader.IsMalformed);
            }
        }

        return directives;
    }

    internal bool ForbidsStale(bool isShared) => MustRevalidate || (isShared && (ProxyRevalidate || SharedMaxAge is not null));

    /// <summary>Returns whether <c>no-cache</c> or <c>private</c> names a header, which is then not stored.</summary>
    internal bool Withholds(string name, bool isShared) =>
        NoCacheFields?.Contains(name) is true || (isShared && PrivateFields?.Contains(name) is true);

    private ResponseDirectives With(ReadOnlySpan<char> name, TimeSpan age, ReadOnlySpan<char> argument, bool isPlain)
    {
        Span<char> lower = stackalloc char[LongestName];
        if (name.Length > LongestName) return this;
        Ascii.ToLower(name, lower, out var length);
        switch (lower[..length])
        {
            case "max-age": return this with { MaxAge = MaxAge ?? age };
            case "s-maxage": return this with { SharedMaxAge = SharedMaxAge ?? age };
            case "stale-while-revalidate": return this with { StaleWhileRevalidate = StaleWhileRevalidate ?? age };
            case "stale-if-error": return this with { StaleIfError = StaleIfError ?? age };
            case "must-revalidate": return this with { MustRevalidate = true };
            case "must-understand": return this with { MustUnderstand = MustUnderstand || isPlain };
            case "no-cache":
                var uncached = Union(NoCacheFields, argument);
                return uncached is null ? this with { NoCache = true } : this with { NoCacheFields = uncached };
            case "no-store": return this with { NoStore = true };
            case "no-transform": return this with { NoTransform = true };
            case "private":
                var unshared = Union(PrivateFields, argument);
                return unshared is null ? this with { Private = true } : this with { PrivateFields = unshared };
            case "proxy-revalidate": return this with { ProxyRevalidate = true };
            case "public": return this with { Public = Public || isPlain };
            case "immutable": return this with { Immutable = true };
            default: return this;
        }
    }

    // Null is the stricter result: the argument is empty or malformed, names a header that the rules need, or the names are too many.
    private static HeaderNameSet? Union(HeaderNameSet? earlier, ReadOnlySpan<char> argument)
    {
        if (argument.IsEmpty) return null;
        var names = HeaderNameSet.NewSet();
        if (!HeaderNameSet.TryAdd(names, argument) || names.Count == 0 || names.Any(RuleHeaders.Contains)) return null;
        if (earlier is not null) names.UnionWith(earlier);
        return names.Count > MostNames ? null : new(names);
    }
}
