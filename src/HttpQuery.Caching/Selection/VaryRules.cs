using System.Text;
using HttpQuery.Caching.Internal;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>Which requests a stored response with Vary answers (RFC 9111 §4.1).</summary>
/// <remarks>Lines of one header are joined, and white space around commas does not count (<see cref="Normalize"/>). Nothing else is taken to be the same: neither case nor order.</remarks>
internal static class VaryRules
{
    /// <summary>Reads the names that Vary lists (RFC 9110 §12.5.5).</summary>
    /// <param name="vary">The lines of Vary; none lists nothing, which every request matches.</param>
    /// <param name="names">The names, or none.</param>
    /// <returns><see langword="false"/> where a member is <c>*</c> or no name: no request matches.</returns>
    public static bool TryParse(StringValues vary, out FieldNames names)
    {
        names = FieldNames.Empty;
        if (vary.Count == 0) return true;

        var found = FieldNames.NewSet();
        foreach (var line in vary)
            if (!FieldNames.TryAdd(found, line)) return false;
        names = new(found);
        return true;
    }

    /// <summary>Tells whether a request has the same values in the fields named as the one that a stored response answered; a field that
    /// is absent equals only an absent one. Lines that are the same are compared without allocating.</summary>
    public static bool Matches(FieldNames names, IFieldLines original, IFieldLines presented)
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

    /// <summary>The key of the responses that answer a request, among those of one primary key whose Vary lists the same names.</summary>
    /// <param name="primary">The key that the request has without Vary.</param>
    /// <param name="names">The names that Vary lists.</param>
    /// <param name="request">The fields of the request. Two requests have equal keys where <see cref="Matches"/> tells that they
    /// match.</param>
    public static QueryCacheKey Key(in QueryCacheKey primary, FieldNames names, IFieldLines request)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(request);
        return names.Count == 0 ? primary : primary.Vary(names.Select(name => KeyValuePair.Create<string, IEnumerable<string?>>(
            name, Normalize(name, request[name]) is { } value ? [value] : [])));
    }

    /// <summary>The one value that equal requests have in a header.</summary>
    /// <remarks>Lines are joined: those of Cookie by <c>; </c>, others by <c>, </c> (RFC 9110 §5.3). White space around commas outside double quotes is removed, except in Cookie.</remarks>
    /// <param name="name">The name of the header, in any case.</param>
    /// <param name="lines">Its lines.</param>
    /// <returns>The value, or <see langword="null"/> where there are no lines.</returns>
    public static string? Normalize(string name, StringValues lines)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (lines.Count == 0) return null;
        if (name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) return string.Join("; ", lines.Select(line => line.AsSpan().Trim(FieldSyntax.Whitespace).ToString()));

        return WithoutWhitespaceAroundCommas(string.Join(", ", lines.Select(line => line.AsSpan().Trim(FieldSyntax.Whitespace).ToString())));
    }

    // A quoted string that is not closed reaches to the end.
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
                value.Append(text[start..i].Trim(FieldSyntax.Whitespace)).Append(',');
                start = i + 1;
            }
        }
        return value.Append(text[start..].Trim(FieldSyntax.Whitespace)).ToString();
    }
}
