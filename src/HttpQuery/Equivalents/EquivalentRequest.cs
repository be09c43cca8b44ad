using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Equivalents;

/// <summary>A GET or HEAD of an equivalent resource (§2.2), which runs as the query that it stands for.</summary>
/// <param name="Token">The last segment of the URI.</param>
/// <param name="Key">The key that made the token.</param>
/// <param name="Query">The query to repeat.</param>
internal sealed record EquivalentRequest(string Token, LocationKey Key, StoredQuery Query)
{
    /// <summary>The result that is asked for; <see langword="null"/> if the query is to be repeated.</summary>
    public StoredResult? Result { get; init; }

    /// <summary>When <see cref="Result"/> expires.</summary>
    public DateTimeOffset ResultExpires { get; init; }

    /// <summary>Whether the endpoint, or a cache in its place, has found that the request stands for its query.</summary>
    public bool IsVerified { get; set; }

    /// <summary>Tells whether the endpoint asked for the user.</summary>
    public IdentityWatch? Watch { get; set; }

    /// <summary>Returns the equivalent request that runs as a query; <see langword="null"/> if the request is none.</summary>
    public static EquivalentRequest? Get(HttpContext context) => context.Features.Get<EquivalentRequest>();
}
