using System.Buffers;
using System.Collections.Concurrent;

namespace HttpQuery.SharedCache;

/// <summary>A piece of content that was read ahead, in pooled memory. The object is pooled, too, so that long content allocates nothing.</summary>
internal sealed class ReadAheadSegment : ReadOnlySequenceSegment<byte>
{
    private const int MaximumIdle = 256;

    private static readonly ConcurrentQueue<ReadAheadSegment> Idle = new();

    private byte[] _array = [];

    /// <summary>The number of bytes in it.</summary>
    public int Length => Memory.Length;

    /// <summary>The memory behind them.</summary>
    public Memory<byte> Free => _array.AsMemory(Length);

    public static ReadAheadSegment Rent(int length, ReadAheadSegment? before)
    {
        if (!Idle.TryDequeue(out var segment)) segment = new();
        segment._array = ArrayPool<byte>.Shared.Rent(length);
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
        if (!isWritten) ArrayPool<byte>.Shared.Return(_array);
        (_array, Memory, Next) = ([], default, null);
        if (Idle.Count < MaximumIdle) Idle.Enqueue(this);
        return next;
    }
}
