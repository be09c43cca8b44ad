using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>The values of If-Match and If-None-Match: <c>*</c>, or a list of entity tags (RFC 9110 §13.1.1, §13.1.2).</summary>
public static class EntityTagList
{
    /// <summary>Returns whether a header names the current representation. Allocates nothing.</summary>
    /// <param name="lines">The lines of the header, read as one list. Empty members do not count.</param>
    /// <param name="current">The entity tag of the representation, or <see langword="null"/> when it has none. Only <c>*</c> matches
    /// a representation without an entity tag.</param>
    /// <param name="strong">Whether to compare as <see cref="EntityTag.StrongEquals"/> does, rather than
    /// <see cref="EntityTag.WeakEquals"/>.</param>
    /// <returns><see langword="true"/> for <c>*</c> alone, or when one of the tags is equal; <see langword="false"/> when any part of
    /// the header is malformed.</returns>
    public static bool Contains(ReadOnlySpan<string?> lines, EntityTag? current, bool strong)
    {
        var (members, hasWildcard, isNamed) = (0, false, false);
        foreach (var line in lines)
        {
            for (var rest = AfterCommas(line); !rest.IsEmpty; rest = AfterCommas(rest), members++)
            {
                var isWildcard = rest[0] == '*';
                var length = isWildcard ? 1 : EntityTag.LengthOf(rest);
                if (length == 0) return false;

                hasWildcard |= isWildcard;
                isNamed |= isWildcard || (current is { } tag && tag.EqualsText(rest[..length], strong));
                rest = rest[length..].TrimStart(HttpSyntax.Whitespace);
                if (rest is not ([] or [',', ..])) return false;
            }
        }

        return isNamed && (!hasWildcard || members == 1);
    }

    private static ReadOnlySpan<char> AfterCommas(ReadOnlySpan<char> text) => text.TrimStart(" \t,");
}
