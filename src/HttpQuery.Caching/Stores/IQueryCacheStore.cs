using System.Buffers;

namespace HttpQuery.Caching;

/// <summary>Keeps bytes for a cache: in memory, in Redis, in a database. Implement it to keep responses elsewhere.</summary>
/// <remarks>
/// <para>A read sees every write and removal of its key that completed before the read began, from any machine. A store must not return a
/// local copy that another machine may have replaced.</para>
/// <para>Methods are called concurrently, and one lookup may make several calls.</para>
/// <para>Values may be lost at any time, and any call may fail or take too long: the cache treats this as a miss. A store should not lose
/// recent writes, because one may be the mark of an invalidation. A value that differs from the written one is a miss, too: values carry
/// a checksum.</para>
/// </remarks>
public interface IQueryCacheStore
{
    /// <summary>Largest value that the store accepts, in bytes. Default no limit. The cache does not capture larger responses.</summary>
    long MaximumItemSize => long.MaxValue;

    /// <summary>Reads the value of a key.</summary>
    /// <param name="key">ASCII without spaces, about 80 characters; it begins with <c>httpquery:</c>. Compare it by ordinal.</param>
    /// <param name="cancellationToken">Canceled when the cache no longer waits.</param>
    /// <returns>The whole value; <see langword="null"/> or empty if there is none. The cache keeps the memory, so it must not change or
    /// be reused.</returns>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes the value of a key and replaces an earlier one.</summary>
    /// <param name="key">As in <see cref="GetAsync"/>.</param>
    /// <param name="value">The value, never empty. Copy it: its memory is valid only until the call completes.</param>
    /// <param name="lifetime">Time until the value expires, from one second to ten years. The store may remove it at any time, and should
    /// remove it afterwards.</param>
    /// <param name="cancellationToken">Canceled when the cache no longer waits.</param>
    ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Removes the value of a key, if there is one.</summary>
    /// <param name="key">As in <see cref="GetAsync"/>.</param>
    /// <param name="cancellationToken">Canceled when the cache no longer waits.</param>
    ValueTask RemoveAsync(string key, CancellationToken cancellationToken);
}
