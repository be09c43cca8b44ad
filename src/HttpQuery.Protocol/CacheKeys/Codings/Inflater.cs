namespace HttpQuery.CacheKeys.Codings;

/// <summary>The result of <see cref="Inflater.Inflate"/>.</summary>
internal enum InflateStatus
{
    /// <summary>All bytes were read, and the stream continues.</summary>
    NeedsInput,

    /// <summary>The buffer is full, and the sink has received nothing (<see cref="Inflater.HoldsBack"/>). Call again to continue.</summary>
    HeldBack,

    /// <summary>The stream has ended.</summary>
    Ended,

    /// <summary>The input is not a deflate stream, or the sink refused.</summary>
    Failed,
}

/// <summary>Decodes a deflate stream (docs/cache-key.md, section 5; RFC 1951) in pieces, and knows the byte in which it
/// ends.</summary>
/// <remarks>
/// The results affect cache keys, so they must not depend on a runtime or its switches. docs/decisions/0005-inflater.md explains why this
/// does not use the DeflateStream of the base library. Accepts the same streams as zlib.
/// </remarks>
/// <param name="output">Receives the decoded bytes. Without it, the inflater has no window and can only <see cref="Count"/>.</param>
internal sealed partial class Inflater(IByteSink? output)
{
    // RFC 1951 §2: a distance reaches back at most 32,768 bytes. They precede the bytes not yet handed out.
    private const int WindowLength = 32_768;
    private const int BufferLength = 2 * WindowLength;
    private const int LongestMatch = 258;

    private readonly byte[] _buffer = output is null ? [] : new byte[BufferLength];
    private int _end;
    private int _handedOut;

    // Bits read from the input but not used, the first one the least significant. Bits above the count are zero between two calls.
    private ulong _bits;
    private int _bitCount;

    private Step _step;
    private bool _isLastBlock;
    private bool _isHeldBack;
    private int _storedLength;

    private enum Step
    {
        BlockHeader,
        StoredLength,
        Stored,
        CodeCounts,
        CodeLengthLengths,
        CodeLengths,
        Symbols,
        Ended,
        Failed,
    }

    /// <summary>Whether the inflater stops once when its buffer is full, before the sink receives the first bytes.</summary>
    /// <remarks>A stream that fits in the buffer never stops.</remarks>
    internal bool HoldsBack { get; set; }

    /// <summary>Prepares for the first bytes of a stream.</summary>
    internal void Reset()
    {
        (_end, _handedOut, _bits, _bitCount) = (0, 0, 0, 0);
        (_step, _isLastBlock, HoldsBack, _isHeldBack) = (Step.BlockHeader, false, false, false);
    }

    /// <summary>Decodes the next bytes.</summary>
    /// <param name="coded">Set to the unread bytes after the stream. The inflater may hold others: see <see cref="TryTakeByte"/>.</param>
    internal InflateStatus Inflate(ref ReadOnlySpan<byte> coded)
    {
        _isHeldBack = false;
        while (true)
        {
            var goesOn = _step switch
            {
                Step.BlockHeader => ReadBlockHeader(ref coded),
                Step.StoredLength => ReadStoredLength(ref coded),
                Step.Stored => output is null ? SkipStored(ref coded) : CopyStored(ref coded),
                Step.CodeCounts => ReadCodeCounts(ref coded),
                Step.CodeLengthLengths => ReadCodeLengthLengths(ref coded),
                Step.CodeLengths => ReadCodeLengths(ref coded),
                Step.Symbols => ReadSymbols(ref coded),
                _ => false,
            };
            if (goesOn) continue;
            return _step switch
            {
                Step.Ended => InflateStatus.Ended,
                Step.Failed => InflateStatus.Failed,
                _ => _isHeldBack ? InflateStatus.HeldBack : InflateStatus.NeedsInput,
            };
        }
    }

    /// <summary>After the stream: takes the next byte, from the inflater or from <paramref name="coded"/>.</summary>
    internal bool TryTakeByte(ref ReadOnlySpan<byte> coded, out byte b)
    {
        b = 0;
        if (!HasBits(ref coded, 8)) return false;
        b = (byte)TakeBits(8);
        return true;
    }

    // RFC 1951 §3.2.3.
    private bool ReadBlockHeader(ref ReadOnlySpan<byte> coded)
    {
        if (_isLastBlock)
        {
            // The bits up to the next byte boundary have no meaning.
            TakeBits(_bitCount & 7);
            _step = Flush() ? Step.Ended : Step.Failed;
            return false;
        }

        if (!HasBits(ref coded, 3)) return false;
        _isLastBlock = TakeBits(1) != 0;
        switch (TakeBits(2))
        {
            case 0:
                TakeBits(_bitCount & 7);
                return GoTo(Step.StoredLength);
            case 1:
                (_literals, _distances) = (FixedLiterals, FixedDistances);
                return GoTo(Step.Symbols);
            case 2:
                return GoTo(Step.CodeCounts);
            default:
                return Fail();
        }
    }

    // RFC 1951 §3.2.4: LEN, and NLEN, its complement.
    private bool ReadStoredLength(ref ReadOnlySpan<byte> coded)
    {
        if (!HasBits(ref coded, 32)) return false;
        _storedLength = TakeBits(16);
        return TakeBits(16) == (~_storedLength & 0xFFFF) ? GoTo(Step.Stored) : Fail();
    }

    private bool CopyStored(ref ReadOnlySpan<byte> coded)
    {
        while (_storedLength > 0)
        {
            if (_end == BufferLength)
            {
                if (StopsHere()) return false;
                if (!MakeRoom()) return Fail();
            }

            if (_bitCount > 0)
            {
                _buffer[_end++] = (byte)TakeBits(8);
                _storedLength--;
                continue;
            }

            if (coded.IsEmpty) return false;
            var length = Math.Min(Math.Min(_storedLength, coded.Length), BufferLength - _end);
            coded[..length].CopyTo(_buffer.AsSpan(_end));
            coded = coded[length..];
            _end += length;
            _storedLength -= length;
        }

        return GoTo(Step.BlockHeader);
    }

    private bool GoTo(Step step)
    {
        _step = step;
        return true;
    }

    private bool Fail()
    {
        _step = Step.Failed;
        return false;
    }

    // Reads whole bytes from the input until there are enough bits. Callers ask for at most 32.
    private bool HasBits(ref ReadOnlySpan<byte> coded, int count)
    {
        while (_bitCount < count)
        {
            if (coded.IsEmpty) return false;
            _bits |= (ulong)coded[0] << _bitCount;
            _bitCount += 8;
            coded = coded[1..];
        }

        return true;
    }

    private int TakeBits(int count)
    {
        var bits = (int)(_bits & ((1UL << count) - 1));
        _bits >>= count;
        _bitCount -= count;
        return bits;
    }

    private bool Flush()
    {
        if (output is null) return true;
        var bytes = _buffer.AsSpan(_handedOut, _end - _handedOut);
        _handedOut = _end;
        return bytes.IsEmpty || output.Write(bytes);
    }

    // Stops once, at the first full buffer.
    private bool StopsHere()
    {
        _isHeldBack = HoldsBack;
        HoldsBack = false;
        return _isHeldBack;
    }

    // Passes the buffer to the sink and keeps the window at its start.
    private bool MakeRoom()
    {
        if (!Flush()) return false;
        var kept = Math.Min(_end, WindowLength);
        _buffer.AsSpan(_end - kept, kept).CopyTo(_buffer);
        _end = _handedOut = kept;
        return true;
    }
}
