using System.Buffers;

namespace HttpQuery;

/// <summary>Settings of <see cref="QueryRedirectHandler"/>.</summary>
public sealed class QueryRedirectOptions
{
    private const int LargestCount = 50;

    // tchar of RFC 9110 §5.6.2.
    private static readonly SearchValues<char> NameChars = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Maximum number of redirects that one request follows: 1 to 50. Default 10. After that, the caller gets the redirect
    /// response.</summary>
    public int MaximumCount { get; set; } = 10;

    /// <summary>Whether a redirect may send content to another origin (scheme, host or port). Default <see langword="false"/>: the caller
    /// gets the redirect response.</summary>
    public bool AllowContentToOtherOrigins { get; set; }

    /// <summary>Names of request headers that are never sent to another origin. Default: <c>Authorization</c>,
    /// <c>Proxy-Authorization</c>, <c>Cookie</c>, which are always withheld. Add your own headers, such as <c>X-Api-Key</c>. The
    /// cache and the switch to GET of the same client then tell users apart by them.</summary>
    public IList<string> CredentialHeaders { get; } = ["Authorization", "Proxy-Authorization", "Cookie"];

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="prefix">The text before the name of an option: the section and a colon, or the class and a dot.</param>
    internal IEnumerable<string> Validate(string prefix)
    {
        if (MaximumCount is < 1 or > LargestCount) yield return $"{prefix}{nameof(MaximumCount)} must be between 1 and {LargestCount}.";
        if (!CredentialHeaders.All(IsHeaderName))
            yield return $"{prefix}{nameof(CredentialHeaders)} must be names of headers, such as X-Api-Key.";
    }

    private static bool IsHeaderName(string? name) => !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(NameChars);
}
