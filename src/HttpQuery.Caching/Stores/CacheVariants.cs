using HttpQuery.Caching.Epochs;

namespace HttpQuery.Caching;

/// <summary>Which fields the responses to a request vary by (RFC 9111 §4.1): the way from the key of a request to those of its responses.</summary>
internal sealed class CacheVariants : CacheItem
{
    /// <summary>The most lists that are kept; a resource that names more varies in how it varies.</summary>
    public const int MaximumCount = 4;

    /// <summary>The most tags that are kept. Those beyond cost a step more.</summary>
    public const int MaximumTags = 64;

    /// <summary>Takes lists of names.</summary>
    /// <param name="lists">The list seen last first; those beyond <see cref="MaximumCount"/> are left out.</param>
    public CacheVariants(params IEnumerable<FieldNames> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        Lists = [.. lists.Distinct().Take(MaximumCount)];
    }

    /// <summary>The lists, that seen last first.</summary>
    public IReadOnlyList<FieldNames> Lists { get; }

    /// <summary>Tags of the variants: their epochs are read together with the variants.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <inheritdoc/>
    public override long Size => Overhead + Lists.Sum(list => 64L + list.Sum(name => 2L * name.Length)) + Tags.Sum(tag => 32L + (2 * tag.Length));

    /// <summary>The lists with one that was seen now, and its tags.</summary>
    /// <returns><paramref name="present"/> if that has them.</returns>
    public static CacheVariants With(CacheVariants? present, FieldNames names, IReadOnlyList<TagEpoch> tags)
    {
        // Bytes of a store may be a list of none.
        var isFirst = present is { Lists: [var first, ..] } && first.Equals(names);
        if (isFirst && tags.All(tag => present!.Tags.Contains(tag.Tag))) return present!;
        IReadOnlyList<FieldNames> lists = present?.Lists ?? [];
        return new(lists.Prepend(names)) { Tags = [.. tags.Select(tag => tag.Tag).Union(present?.Tags ?? []).Take(MaximumTags)] };
    }
}
