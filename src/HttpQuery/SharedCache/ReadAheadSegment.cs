using System.Buffers;
using System.Collections.Concurrent;

namespace HttpQuery.SharedCache;

/// <summary>A piece of content that was read ahead, in pooled memory. The object is pooled, too, so that long content allocates nothing.</summary>
/// <remarks>The longest pieces keep their memory: the array pool keeps fewer of them than slow clients use by turns, and would leave the rest to the collector.</remarks>
internal sealed class ReadAheadSegment : ReadOnlySequenceSegment<byte>
{
    /// <summary>Length of the longest pieces, in bytes.</summary>
    public const int MaximumLength = 16 * 1024;

    // 16 MiB.
    private const int MaximumIdle = 1024;

    private static readonly ConcurrentQueue<ReadAheadSegment> Idle = new();

    private byte[] _array = [];

    /// <summary>The number of bytes in it.</summary>
    public int Length => Memory.Length;

    /// <summary>The memory behind them.</summary>
    public Memory<byte> Free => _array.AsMemory(Length);

    public static ReadAheadSegment Rent(int length, ReadAheadSegment? before)
    {
        if (length < MaximumLength || !Idle.TryDequeue(out var segment)) segment = new() { _array = ArrayPool<byte>.Shared.Rent(length) };
        segment.Memory = default;
        segment.RunningIndex = 0;
        if (before is null) return segment;
        segment.RunningIndex = before.RunningIndex + before.Length;
        before.Next = segment;
        return segment;
    }

    /// <summary>Reports that bytes were written to <see cref="Free"/>.</summary>
    public void Advance(int count) => Memory = _array.AsMemory(0, Length + count);

    /// <summary>Gives the memory back.</summary>
    /// <param name="isWritten">Whether a read under way still writes to it. Then it is left to the collector.</param>
    /// <returns>The next one.</returns>
    public ReadAheadSegment? Return(bool isWritten)
    {
        var next = (ReadAheadSegment?)Next;
        (Memory, Next) = (default, null);
        if (isWritten) return next;
        if (_array.Length == MaximumLength && Idle.Count < MaximumIdle)
        {
            Idle.Enqueue(this);
            return next;
        }
        ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        return next;
    }
}
