using System.Buffers;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>A store of bytes in which things go wrong.</summary>
internal sealed class FlawedByteStore(IQueryCacheStore store, Flaw flaw) : IQueryCacheStore
{
    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken)
    {
        await flaw.BeginAsync();
        var value = await store.GetAsync(key, cancellationToken);
        return flaw.Change(value?.ToArray()) is { } changed ? changed : default(ReadOnlyMemory<byte>?);
    }

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        await flaw.BeginAsync();
        if (!flaw.Loses(value.ToArray())) await store.SetAsync(key, value, lifetime, cancellationToken);
    }

    public async ValueTask RemoveAsync(string key, CancellationToken cancellationToken)
    {
        await flaw.BeginAsync();
        await store.RemoveAsync(key, cancellationToken);
    }
}
