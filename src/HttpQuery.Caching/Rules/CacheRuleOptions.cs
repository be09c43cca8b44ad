namespace HttpQuery.Caching;

/// <summary>Choices that RFC 9111 leaves to a cache. Immutable; one instance serves all requests.</summary>
public sealed record CacheRuleOptions
{
    // One shared list, so that default options are equal.
    private static readonly IReadOnlyList<string> OnlyAuthorization = ["Authorization"];

    /// <summary>Whether responses are stored for one user or for several. Default <see cref="CacheMode.Private"/>.</summary>
    public CacheMode Mode { get; init; }

    /// <summary>Whether a response that states no lifetime gets one from its <c>Last-Modified</c> (RFC 9111 §4.2.2). Default
    /// <see langword="true"/>. If <see langword="false"/>, such a response is stored only if it has <c>no-cache</c> and a
    /// validator.</summary>
    public bool AllowHeuristicFreshness { get; init; } = true;

    /// <summary>The fraction of the time since <c>Last-Modified</c> that becomes the heuristic lifetime, from 0 to 1. Default
    /// 0.1.</summary>
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

    /// <summary>The lifetime of a 2xx response that states none. It replaces a heuristic lifetime. It applies if the status code is
    /// heuristically cacheable (RFC 9110 §15.1) or the response is <c>public</c>. Default none. Redirects and errors must state their own
    /// lifetime.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? DefaultLifetime { get; init => field = value is { } lifetime ? NotNegative(lifetime) : null; }

    /// <summary>How long past its lifetime a response may be served while the origin is unreachable and no directive allows it (RFC 9111
    /// §4.2.4). Default zero: only if a directive allows it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaximumStaleWhenDisconnected { get; init => field = NotNegative(value); }

    /// <summary>Whether a shared cache stores a response that has <c>Set-Cookie</c> and is not <c>public</c>. Default
    /// <see langword="false"/>. RFC 9111 §7.3 would allow it, but a stored response gives the cookie of one user to the next.</summary>
    public bool ShareSetCookie { get; init; }

    /// <summary>Request headers that carry a credential. A shared cache shares responses to requests that have one of them only as RFC
    /// 9111 §3.5 allows. Default: <c>Authorization</c>. Add your own headers, such as <c>X-Api-Key</c>.</summary>
    public IReadOnlyList<string> CredentialHeaders { get; init; } = OnlyAuthorization;

    /// <summary>Whether <c>must-revalidate</c> alone lets a shared cache give a response to a request with a credential to other users,
    /// as RFC 9111 §3.5 says. Default <see langword="false"/>: many origins send it without that intention, so <c>public</c> or
    /// <c>s-maxage</c> is required.</summary>
    public bool ShareOnMustRevalidate { get; init; }

    internal bool IsShared => Mode is CacheMode.Shared;

    private static TimeSpan NotNegative(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        return value;
    }
}
