using System.Text;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Rules;

/// <summary>Matches requests to stored responses with Vary (RFC 9111 §4.1).</summary>
/// <remarks>Lines of one header are joined, and white space around commas is ignored (<see cref="Normalize"/>). Every other difference
/// counts, including case and order.</remarks>
internal static class VaryRules
{
    /// <summary>Reads the names that Vary lists (RFC 9110 §12.5.5).</summary>
    /// <param name="vary">The lines of Vary; without lines, every request matches.</param>
    /// <param name="names">The names, or an empty list.</param>
    /// <returns><see langword="false"/> if a member is <c>*</c> or not a header name: no request matches.</returns>
    public static bool TryParse(StringValues vary, out HeaderNameSet names)
    {
        names = HeaderNameSet.Empty;
        if (vary.Count == 0) return true;

        var found = HeaderNameSet.NewSet();
        foreach (var line in vary)
            if (!HeaderNameSet.TryAdd(found, line)) return false;
        names = new(found);
        return true;
    }

    /// <summary>Returns whether a request has the same values in the named headers as the request of a stored response. An absent header
    /// equals only an absent one. Identical lines are compared without allocating.</summary>
    public static bool Matches(HeaderNameSet names, IReadOnlyHeaders original, IReadOnlyHeaders presented)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(presented);
        for (var i = 0; i < names.Count; i++)
        {
            var (left, right) = (original[names[i]], presented[names[i]]);
            if (!StringValues.Equals(left, right) && Normalize(names[i], left) != Normalize(names[i], right)) return false;
        }

        return true;
    }

    /// <summary>The key for a request among the responses of one primary key whose Vary lists the same names.</summary>
    /// <param name="primary">The key of the request without Vary.</param>
    /// <param name="names">The names that Vary lists.</param>
    /// <param name="request">The headers of the request. Two requests have equal keys if <see cref="Matches"/> returns that they
    /// match.</param>
    public static QueryCacheKey Key(in QueryCacheKey primary, HeaderNameSet names, IReadOnlyHeaders request)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(request);
        return names.Count == 0 ? primary : primary.Vary(names.Select(name => KeyValuePair.Create<string, IEnumerable<string?>>(
            name, Normalize(name, request[name]) is { } value ? [value] : [])));
    }

    /// <summary>Returns the normalized value of a header, which is the same for all matching requests.</summary>
    /// <remarks>Lines are joined: those of Cookie by <c>; </c>, others by <c>, </c> (RFC 9110 §5.3). White space around commas outside
    /// double quotes is removed, except in Cookie.</remarks>
    /// <param name="name">The name of the header, in any case.</param>
    /// <param name="lines">Its lines.</param>
    /// <returns>The value, or <see langword="null"/> if there are no lines.</returns>
    public static string? Normalize(string name, StringValues lines)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (lines.Count == 0) return null;
        if (name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            return string.Join("; ", lines.Select(line => line.AsSpan().Trim(HttpSyntax.Whitespace).ToString()));

        return WithoutWhitespaceAroundCommas(
            string.Join(", ", lines.Select(line => line.AsSpan().Trim(HttpSyntax.Whitespace).ToString())));
    }

    // An unclosed quoted string extends to the end.
    private static string WithoutWhitespaceAroundCommas(ReadOnlySpan<char> text)
    {
        if (!text.Contains(',')) return text.ToString();
        var value = new StringBuilder(text.Length);
        var (start, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\') i++;
            else if (text[i] == '"') isQuoted = !isQuoted;
            else if (text[i] == ',' && !isQuoted)
            {
                value.Append(text[start..i].Trim(HttpSyntax.Whitespace)).Append(',');
                start = i + 1;
            }
        }
        return value.Append(text[start..].Trim(HttpSyntax.Whitespace)).ToString();
    }
}
