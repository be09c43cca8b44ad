using System.Buffers;
using Microsoft.AspNetCore.OutputCaching;

namespace HttpQuery.Caching;

/// <summary>Keeps responses in ASP.NET Core's <see cref="IOutputCacheStore"/>: in memory, in Redis, or in a store of your own.</summary>
/// <remarks>Machines that use one such store share all responses, and see invalidations at once. <see cref="IOutputCacheBufferStore"/> is used for writing if the store implements it.</remarks>
public sealed class OutputCacheQueryStore : IQueryCacheStore
{
    private readonly IOutputCacheStore _store;

    /// <summary>Creates a store that uses a store of the output cache.</summary>
    /// <param name="store">The store of the output cache.</param>
    /// <exception cref="ArgumentNullException"><paramref name="store"/> is <see langword="null"/>.</exception>
    public OutputCacheQueryStore(IOutputCacheStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
    }

    /// <inheritdoc/>
    /// <remarks>Default no limit. Set it to the limit of the store, if there is one: larger responses are then not captured.</remarks>
    public long MaximumItemSize { get; init; } = long.MaxValue;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) =>
        await _store.GetAsync(key, cancellationToken) is { Length: > 0 } value ? value : default(ReadOnlyMemory<byte>?);

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _store is IOutputCacheBufferStore buffers
            ? buffers.SetAsync(key, value, default, lifetime, cancellationToken)
            : _store.SetAsync(key, value.ToArray(), null, lifetime, cancellationToken);

    // Such a store cannot remove a single key: an empty value takes its place, and expires soon.
    /// <inheritdoc/>
    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) => _store.SetAsync(key, [], null, TimeSpan.FromSeconds(1), cancellationToken);
}
