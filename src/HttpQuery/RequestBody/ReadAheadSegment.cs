using System.Buffers;
using System.Collections.Concurrent;

namespace HttpQuery.RequestBody;

/// <summary>A piece of content that was read ahead, in pooled memory. The object is pooled, too: long content allocates nothing.</summary>
/// <remarks>The longest pieces keep their memory. The array pool keeps fewer of them than slow clients use in turn, and would leave
/// the rest to the garbage collector.</remarks>
internal sealed class ReadAheadSegment : ReadOnlySequenceSegment<byte>
{
    /// <summary>Length of the longest pieces, in bytes.</summary>
    public const int MaximumLength = 16 * 1024;

    // 2048 pieces of 16 KiB: 32 MiB, as much as the contents of all requests have together by default.
    private const int MaximumIdle = 2048;

    private static readonly ConcurrentQueue<ReadAheadSegment> Idle = new();

    private byte[] _array = [];

    /// <summary>The number of bytes in this piece.</summary>
    public int Length => Memory.Length;

    /// <summary>The free memory after these bytes.</summary>
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

    /// <summary>Returns the memory to its pool.</summary>
    /// <param name="isWritten">Whether a read in progress still writes to it. Then it is left to the garbage collector.</param>
    /// <returns>The next piece.</returns>
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
