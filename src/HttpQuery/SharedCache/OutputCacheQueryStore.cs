using System.Buffers;
using Microsoft.AspNetCore.OutputCaching;

namespace HttpQuery.Caching;

/// <summary>Stores responses in ASP.NET Core's <see cref="IOutputCacheStore"/>: in memory, in Redis, or in a custom store.</summary>
/// <remarks>Machines that use the same store share all responses, and see invalidations at once. If the store implements
/// <see cref="IOutputCacheBufferStore"/>, writes use it.</remarks>
public sealed class OutputCacheQueryStore : IQueryCacheStore
{
    private readonly IOutputCacheStore _store;

    /// <summary>Creates a store that uses an output cache store.</summary>
    /// <param name="store">The output cache store.</param>
    /// <exception cref="ArgumentNullException"><paramref name="store"/> is <see langword="null"/>.</exception>
    public OutputCacheQueryStore(IOutputCacheStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
    }

    /// <inheritdoc/>
    /// <remarks>Default: no limit. If the store has a limit, set the same one: larger responses are then not captured.</remarks>
    public long MaximumItemSize { get; init; } = long.MaxValue;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) =>
        await _store.GetAsync(key, cancellationToken) is { Length: > 0 } value ? value : default(ReadOnlyMemory<byte>?);

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _store is IOutputCacheBufferStore buffers
            ? buffers.SetAsync(key, value, default, lifetime, cancellationToken)
            : _store.SetAsync(key, value.ToArray(), null, lifetime, cancellationToken);

    // An output cache store cannot remove a single key: an empty value replaces it, and expires after one second.
    /// <inheritdoc/>
    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) =>
        _store.SetAsync(key, [], null, TimeSpan.FromSeconds(1), cancellationToken);
}
