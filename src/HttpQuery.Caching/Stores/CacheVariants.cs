namespace HttpQuery.Caching;

/// <summary>Which fields the responses to a request vary by (RFC 9111 §4.1): the way from the key of a request to those of its responses.</summary>
public sealed class CacheVariants : CacheItem
{
    /// <summary>The most lists that are kept; a resource that names more varies in how it varies.</summary>
    public const int MaximumCount = 4;

    /// <summary>Takes lists of names.</summary>
    /// <param name="lists">The list seen last first; those beyond <see cref="MaximumCount"/> are left out.</param>
    public CacheVariants(params IEnumerable<FieldNames> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        Lists = [.. lists.Distinct().Take(MaximumCount)];
    }

    /// <summary>The lists, that seen last first.</summary>
    public IReadOnlyList<FieldNames> Lists { get; }

    /// <inheritdoc/>
    public override long Size => Overhead + Lists.Sum(list => 64L + list.Sum(name => 2L * name.Length));
}
