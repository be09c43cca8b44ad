using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Items;

/// <summary>The header lists that the responses to a request vary by (RFC 9111 §4.1). They lead from the key of a request to the keys of
/// its responses.</summary>
internal sealed class CacheVariants : CacheItem
{
    /// <summary>Maximum number of lists. A resource with more lists changes its Vary too often.</summary>
    public const int MaximumCount = 4;

    /// <summary>Maximum number of tags. Each lookup with further tags costs one more step.</summary>
    public const int MaximumTags = 64;

    /// <summary>Creates the item from lists of names.</summary>
    /// <param name="lists">The lists, most recently seen first; those beyond <see cref="MaximumCount"/> are left out.</param>
    public CacheVariants(params IEnumerable<HeaderNameSet> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        Lists = [.. lists.Distinct().Take(MaximumCount)];
    }

    /// <summary>The lists, most recently seen first.</summary>
    public IReadOnlyList<HeaderNameSet> Lists { get; }

    /// <summary>Tags of the variants. Their epochs are read together with the variants.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <inheritdoc/>
    public override long Size =>
        Overhead + Lists.Sum(list => 64L + list.Sum(name => 2L * name.Length)) + Tags.Sum(tag => 32L + (2 * tag.Length));

    /// <summary>Returns the lists with the current list in front, and its tags.</summary>
    /// <returns><paramref name="present"/> if it already has them.</returns>
    public static CacheVariants With(CacheVariants? present, HeaderNameSet names, IReadOnlyList<TagEpoch> tags)
    {
        // The bytes of a store may contain an empty list.
        var isFirst = present is { Lists: [var first, ..] } && first.Equals(names);
        if (isFirst && tags.All(tag => present!.Tags.Contains(tag.Tag))) return present!;
        IReadOnlyList<HeaderNameSet> lists = present?.Lists ?? [];
        return new(lists.Prepend(names)) { Tags = [.. tags.Select(tag => tag.Tag).Union(present?.Tags ?? []).Take(MaximumTags)] };
    }
}
