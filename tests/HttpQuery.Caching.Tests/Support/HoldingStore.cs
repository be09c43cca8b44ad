using System.Buffers;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>A store that holds the first long item until it is told to go on.</summary>
internal sealed class HoldingStore(IQueryCacheStore store) : IQueryCacheStore
{
    public const int HeldLength = 10_000;

    public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (value.Length > HeldLength)
        {
            Held.TrySetResult();
            await Release.Task;
        }
        await store.SetAsync(key, value, lifetime, cancellationToken);
    }

    public ValueTask RemoveAsync(string key, CancellationToken cancellationToken) => store.RemoveAsync(key, cancellationToken);
}
