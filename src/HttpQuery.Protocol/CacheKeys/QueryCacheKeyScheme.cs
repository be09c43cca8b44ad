using System.Collections.Concurrent;

namespace HttpQuery.CacheKeys;

/// <summary>Makes cache keys for requests (docs/cache-key.md). One instance serves an application; it may be used from all threads.</summary>
/// <example>
/// <code>
/// using var builder = scheme.CreateBuilder();
/// builder.Start("QUERY", "https", "api.test", "/rfcs?year=2022");
/// builder.AddField("Content-Type", "application/json");
/// QueryCacheKey key = builder.Complete("""{ "match": "cache" }"""u8);
/// </code>
/// </example>
public sealed class QueryCacheKeyScheme
{
    // The memo tells normalizers apart by small numbers.
    private const int MaximumNormalizers = 1_000;

    private readonly ConcurrentQueue<QueryCacheKeyBuilder> _idle = new();
    private readonly int _maximumIdle = 2 * Environment.ProcessorCount;

    /// <summary>Makes a scheme with the default options.</summary>
    public QueryCacheKeyScheme()
        : this(new QueryCacheKeyOptions())
    {
    }

    /// <summary>Makes a scheme; later changes of <paramref name="options"/> do not concern it.</summary>
    /// <exception cref="ArgumentException">A normalizer has no name, or two have the same, or there are more than 1,000.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number of the options, or of a normalizer, is out of its range.</exception>
    public QueryCacheKeyScheme(QueryCacheKeyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Normalizations = options.Normalizations;
        Normalizers = [.. options.Normalizers];

        foreach (var normalizer in Normalizers)
        {
            ArgumentException.ThrowIfNullOrEmpty(normalizer.Name);
            ArgumentOutOfRangeException.ThrowIfNegative(normalizer.MaximumContentLength);
        }
        if (Normalizers.Length > MaximumNormalizers) throw new ArgumentException($"There are more than {MaximumNormalizers} normalizers.", nameof(options));
        if (Normalizers.DistinctBy(normalizer => normalizer.Name).Count() < Normalizers.Length)
            throw new ArgumentException("Two normalizers have the same name.", nameof(options));
    }

    internal QueryNormalizations Normalizations { get; }

    internal IQueryContentNormalizer[] Normalizers { get; }

    /// <summary>Lends a builder; disposing gives it back.</summary>
    public QueryCacheKeyBuilder CreateBuilder()
    {
        if (!_idle.TryDequeue(out var builder)) builder = new(this);
        builder.Rent();
        return builder;
    }

    internal void Return(QueryCacheKeyBuilder builder)
    {
        if (_idle.Count < _maximumIdle) _idle.Enqueue(builder);
        else builder.Release();
    }
}
