using System.Buffers;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Content that lies in several pieces of memory.</summary>
internal static class Sequences
{
    /// <summary>Joins pieces to one sequence.</summary>
    public static ReadOnlySequence<byte> Of(params byte[][] pieces)
    {
        var first = new Segment(pieces[0], 0);
        var last = first;
        foreach (var piece in pieces[1..]) last = last.Add(piece);
        return new(first, 0, last, last.Memory.Length);
    }

    /// <summary>Cuts bytes into pieces of a length.</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, int length) => Of([.. bytes.Chunk(length)]);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long start) => (Memory, RunningIndex) = (bytes, start);

        public Segment Add(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
