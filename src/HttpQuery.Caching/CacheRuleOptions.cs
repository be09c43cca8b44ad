namespace HttpQuery.Caching;

/// <summary>What RFC 9111 leaves to a cache. Immutable; one instance serves all requests.</summary>
public sealed record CacheRuleOptions
{
    // One list, so that default options are equal.
    private static readonly IReadOnlyList<string> OnlyAuthorization = ["Authorization"];

    /// <summary>For whom responses are stored. Default <see cref="CacheMode.Private"/>.</summary>
    public CacheMode Mode { get; init; }

    /// <summary>Whether a response that states no lifetime gets one from its Last-Modified (RFC 9111 §4.2.2). Default
    /// <see langword="true"/>. Where it is off, such a response is not stored, unless it has <c>no-cache</c> and a validator.</summary>
    public bool AllowHeuristicFreshness { get; init; } = true;

    /// <summary>The part of the time since Last-Modified that is a heuristic lifetime, from 0 to 1. Default 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double HeuristicFraction
    {
        get;
        init
        {
            if (value is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(value), value, "A fraction is from 0 to 1.");
            field = value;
        }
    } = 0.1;

    /// <summary>The longest heuristic lifetime. Default 24 hours.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaximumHeuristicLifetime { get; init => field = NotNegative(value); } = TimeSpan.FromHours(24);

    /// <summary>The lifetime of a 2xx response that states none, in place of a heuristic one: if its status code is heuristically
    /// cacheable (RFC 9110 §15.1), or it is <c>public</c>. Default none. Redirects and errors need a lifetime of their own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? DefaultLifetime { get; init => field = value is { } lifetime ? NotNegative(lifetime) : null; }

    /// <summary>How long past its lifetime a response may be served while the origin cannot be reached, without any directive that
    /// allows it (RFC 9111 §4.2.4). Default zero: only where a directive allows it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaximumStaleWhenDisconnected { get; init => field = NotNegative(value); }

    /// <summary>Whether a shared cache stores a response with Set-Cookie that is not <c>public</c>. Default <see langword="false"/>.
    /// RFC 9111 §7.3 would allow it; what is stored gives the cookie of one user to the next.</summary>
    public bool ShareSetCookie { get; init; }

    /// <summary>Request headers that carry a credential. A shared cache shares responses to requests with one of them only as RFC 9111 §3.5 allows. Default: <c>Authorization</c>.
    /// Add headers of your own, such as <c>X-Api-Key</c>.</summary>
    public IReadOnlyList<string> CredentialHeaders { get; init; } = OnlyAuthorization;

    /// <summary>Whether <c>must-revalidate</c> alone lets a shared cache give a response to a request with a credential to others, as RFC 9111 §3.5 says. Default
    /// <see langword="false"/>: many origins send it without meaning that, so <c>public</c> or <c>s-maxage</c> is required.</summary>
    public bool ShareOnMustRevalidate { get; init; }

    internal bool IsShared => Mode is CacheMode.Shared;

    private static TimeSpan NotNegative(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        return value;
    }
}
