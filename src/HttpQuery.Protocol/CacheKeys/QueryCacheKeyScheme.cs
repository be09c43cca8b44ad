using System.Collections.Concurrent;

namespace HttpQuery.CacheKeys;

/// <summary>Creates cache keys for requests (docs/cache-key.md). One instance serves an application; it is thread-safe.</summary>
/// <example>
/// <code>
/// using var builder = scheme.CreateBuilder();
/// builder.Start("QUERY", "https", "api.test", "/rfcs?year=2022");
/// builder.AddHeader("Content-Type", "application/json");
/// QueryCacheKey key = builder.Complete("""{ "match": "cache" }"""u8);
/// </code>
/// </example>
public sealed class QueryCacheKeyScheme
{
    // Documented at QueryCacheKeyOptions.Normalizers.
    private const int MaximumNormalizers = 1_000;

    private readonly ConcurrentQueue<QueryCacheKeyBuilder> _idle = new();
    private readonly int _maximumIdle = 2 * Environment.ProcessorCount;

    /// <summary>Creates a scheme with the default options.</summary>
    public QueryCacheKeyScheme()
        : this(new QueryCacheKeyOptions())
    {
    }

    /// <summary>Creates a scheme. Later changes to <paramref name="options"/> have no effect.</summary>
    /// <exception cref="ArgumentException">A normalizer has no name, two have the same name, or there are more than 1,000.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The maximum content length of a normalizer is negative.</exception>
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

        if (Normalizers.Length > MaximumNormalizers)
            throw new ArgumentException($"There are more than {MaximumNormalizers} normalizers.", nameof(options));
        if (Normalizers.DistinctBy(normalizer => normalizer.Name).Count() < Normalizers.Length)
            throw new ArgumentException("Two normalizers have the same name.", nameof(options));
    }

    internal QueryNormalizations Normalizations { get; }

    internal IQueryContentNormalizer[] Normalizers { get; }

    /// <summary>Rents a builder. Dispose it to return it.</summary>
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
