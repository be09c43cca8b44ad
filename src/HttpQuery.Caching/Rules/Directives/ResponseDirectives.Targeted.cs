using HttpQuery.StructuredFields;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Rules;

internal readonly partial record struct ResponseDirectives
{
    /// <summary>Reads the lines of a targeted header such as <c>CDN-Cache-Control</c>, a Dictionary (RFC 9213 §2.1).</summary>
    /// <param name="lines">The lines, which form one Dictionary. A lifetime that is not an Integer counts as zero.</param>
    /// <param name="directives">The directives, or the default.</param>
    /// <returns><see langword="false"/> if the header is absent, empty or malformed, so it must be ignored.</returns>
    public static bool TryParseTargeted(StringValues lines, out ResponseDirectives directives)
    {
        directives = default;
        if (lines.Count == 0) return false;

        var found = new ResponseDirectives { IsTargeted = true };
        var text = lines.Count == 1 ? lines[0] : string.Join(", ", lines.ToArray());
        var reader = new SfReader(text, SfFieldType.Dictionary);
        var isEmpty = true;
        while (reader.Read())
        {
            // Members of an inner list have no key, and parameters are ignored.
            if (reader.NodeType is not (SfNodeType.Item or SfNodeType.InnerListStart) || reader.Key.IsEmpty) continue;
            isEmpty = false;
            found = found.WithMember(reader);
        }

        if (isEmpty || reader.IsMalformed) return false;
        directives = found;
        return true;
    }

    // If a key occurs twice, its last value counts (RFC 9651 §4.2.2), so an earlier age is dropped.
    private ResponseDirectives WithMember(scoped in SfReader reader)
    {
        var isItem = reader.NodeType is SfNodeType.Item;
        var age = isItem && reader.ItemType is SfItemType.Integer ? DeltaSeconds.From(reader.GetInteger()) : TimeSpan.Zero;
        var argument = isItem && reader.ItemType is (SfItemType.String or SfItemType.Token) ? reader.RawText : [];
        var isPlain = isItem && reader.ItemType is SfItemType.Boolean && reader.GetBoolean();
        var earlier = reader.Key switch
        {
            "max-age" => this with { MaxAge = null },
            "s-maxage" => this with { SharedMaxAge = null },
            "stale-while-revalidate" => this with { StaleWhileRevalidate = null },
            "stale-if-error" => this with { StaleIfError = null },
            _ => this,
        };
        return earlier.With(reader.Key, age, argument, isPlain);
    }
}
