using System.Buffers;

namespace HttpQuery.Caching.Engine;

/// <summary>Content of requests that a <see cref="RequestMemo"/> has seen, kept once for all of them. The bytes never change.</summary>
internal sealed class RememberedContent
{
    private const int Overhead = 160;

    // Below the large object heap.
    private const int BlockLength = 64 * 1024;

    private readonly byte[][] _blocks;
    private readonly long _length;

    public RememberedContent(ulong hash, in ReadOnlySequence<byte> content)
    {
        (Hash, _length) = (hash, content.Length);
        _blocks = new byte[(int)((_length + BlockLength - 1) / BlockLength)][];
        var rest = content;
        for (var i = 0; i < _blocks.Length; i++)
        {
            var block = rest.Slice(0, Math.Min(BlockLength, rest.Length));
            _blocks[i] = block.ToArray();
            rest = rest.Slice(block.End);
        }
    }

    public ulong Hash { get; }

    /// <summary>Memory, in bytes.</summary>
    public long Size => _length + Overhead + (_blocks.Length * 32L);

    /// <summary>Requests that have this content. The memo's lock guards it.</summary>
    public int Uses { get; set; }

    public bool Equals(in ReadOnlySequence<byte> content)
    {
        if (content.Length != _length) return false;
        if (_blocks.Length == 0) return true;
        if (_blocks.Length == 1 && content.IsSingleSegment) return content.FirstSpan.SequenceEqual(_blocks[0]);

        var index = 0;
        ReadOnlySpan<byte> block = _blocks[0];
        foreach (var segment in content)
        {
            var bytes = segment.Span;
            while (!bytes.IsEmpty)
            {
                if (block.IsEmpty) block = _blocks[++index];
                var length = Math.Min(bytes.Length, block.Length);
                if (!bytes[..length].SequenceEqual(block[..length])) return false;
                bytes = bytes[length..];
                block = block[length..];
            }
        }
        return true;
    }
}
