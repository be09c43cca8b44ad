using System.Text;
using HttpQuery.Caching.Internal;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>Which requests a stored response with Vary answers (RFC 9111 §4.1).</summary>
/// <remarks>Lines of one field are combined, and spaces around a line do not count. Only in fields that are known to be lists of
/// parameters does other whitespace not count either, and in Accept-Language and Accept-Encoding the case. The order of members does: a
/// server may prefer what is named first.</remarks>
public static class VaryRules
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

    /// <summary>The one value that equal requests have in a field.</summary>
    /// <param name="name">The name of the field, in any case.</param>
    /// <param name="lines">The lines of the field.</param>
    /// <returns>The value, or <see langword="null"/> where there are no lines.</returns>
    public static string? Normalize(string name, StringValues lines)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (lines.Count == 0) return null;
        var value = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) value.Append(", ");
            value.Append(lines[i].AsSpan().Trim(FieldSyntax.Whitespace));
        }

        var isCaseless = Is(name, "Accept-Language") || Is(name, "Accept-Encoding");
        var isParameterList = isCaseless || Is(name, "Accept") || Is(name, "Accept-Charset");
        var text = isParameterList ? WithoutWhitespace(value) : value.ToString().TrimEnd(' ', '\t');
        return isCaseless ? text.ToLowerInvariant() : text;

        static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    // Takes away OWS around "," and ";" and members that are empty; quoted text stays as it is.
    private static string WithoutWhitespace(StringBuilder value)
    {
        var rest = value.ToString().AsSpan();
        value.Clear();
        while (!rest.IsEmpty)
        {
            var quoted = FieldSyntax.QuotedStringLength(rest);
            var isSeparator = rest[0] is ',' or ';';
            if (isSeparator) TrimEnd(value);
            var isEmptyMember = rest[0] is ',' && (value.Length == 0 || value[^1] == ',');
            if (!isEmptyMember) value.Append(rest[..Math.Max(quoted, 1)]);
            rest = rest[Math.Max(quoted, 1)..];
            if (isSeparator) rest = rest.TrimStart(FieldSyntax.Whitespace);
        }

        if (value.Length > 0 && value[^1] == ',') value.Length--;
        return value.ToString();
    }

    private static void TrimEnd(StringBuilder value)
    {
        while (value.Length > 0 && value[^1] is (' ' or '\t')) value.Length--;
    }
}
