using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HttpQuery.CacheKeys.Normalization;

// The first pass writes the normalized text and finds the positions of its tokens.
internal sealed partial class JsonNormalizer
{
    // The most that one block adds to the text: an escape of 2 bytes may become 6, and a whole block is stored even if few bytes count.
    private const int BlockRoom = 4 * JsonBlock.Length;

    // Room for one block beyond the bytes of a pass, so that each pass reads at least one block. Names are read 16 bytes at a time.
    private const int TextSlack = 2 * BlockRoom;

    // Positions in the text of one pass: structural characters, opening quotes, and the first bytes of other tokens.
    private ushort[]? _starts;

    // From the last block: all bits set if it ended in a string; 1 if its last byte escapes the next one; 1 if its last byte was part of
    // a number or a literal.
    private ulong _inString;
    private ulong _escapes;
    private ulong _inScalar;

    private Utf8Validator _utf8;

    private bool IsTextWhole => _inString == 0;

    private void StartText()
    {
        // One token per byte, plus the overrun of storing positions several at a time.
        _starts ??= ArrayPool<ushort>.Shared.Rent(PassLength + JsonBlock.Length);
        (_inString, _escapes, _inScalar) = (0, 0, 0);
        _utf8 = default;
        StartEscapes();
    }

    private void ReturnStarts()
    {
        if (_starts is not null) ArrayPool<ushort>.Shared.Return(_starts);
        _starts = null;
    }

    // Reads as many blocks as fit.
    private bool WriteText(ReadOnlySpan<byte> bytes, Span<byte> text, out int read, out int written, out ReadOnlySpan<ushort> starts)
    {
        Debug.Assert(bytes.Length % JsonBlock.Length == 0 && bytes.Length <= PassLength && text.Length >= bytes.Length + TextSlack);
        var writer = new TextWriter(ref MemoryMarshal.GetReference(text), ref MemoryMarshal.GetArrayDataReference(_starts!));
        var lastStart = text.Length - TextSlack;
        var (inString, escapes, inScalar) = (_inString, _escapes, _inScalar);
        ulong nonAscii = 0, malformed = 0;
        starts = default;
        written = 0;
        if (_isBackslashHeld) writer.Put((byte)'\\');
        _isBackslashHeld = false;

        for (read = 0; read < bytes.Length && writer.Length <= lastStart; read += JsonBlock.Length)
        {
            ref var block = ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), read);
            var classes = JsonBlock.Classify(ref block);
            var escaped = JsonBlock.Escaped(classes.Backslashes, ref escapes);
            var quotes = classes.Quotes & ~escaped;

            // Opening quotes count as inside, closing quotes do not.
            var inside = JsonBlock.Inside(quotes) ^ inString;
            inString = (ulong)((long)inside >> 63);
            var scalars = ~(inside | quotes | classes.Structure | classes.Whitespace);
            var starts64 = (classes.Structure & ~inside) | (quotes & inside) | (scalars & ~((scalars << 1) | inScalar));
            inScalar = scalars >> 63;
            nonAscii |= classes.NonAscii;
            malformed |= classes.Controls & inside;

            // An escaped quote or backslash is written unchanged.
            var rewritten = escaped & inside & ~(classes.Quotes | classes.Backslashes);
            var kept = ~(classes.Whitespace & ~inside);
            if ((rewritten | _openEscape) == 0)
            {
                writer.Write(ref block, kept, starts64);
                continue;
            }

            // A copy, because a variable passed by reference stays in memory instead of registers.
            var another = writer;
            if (!WriteEscapes(ref another, ref block, kept, starts64, rewritten, escapes)) return false;
            writer = another;
        }

        (_inString, _escapes, _inScalar) = (inString, escapes, inScalar);
        if (escapes != 0)
        {
            // The next byte decides whether the backslash is written. Outside a string it is malformed.
            if (inString == 0) return false;
            _isBackslashHeld = true;
            writer.TakeBack();
        }

        written = writer.Length;
        starts = writer.EndStarts(_starts!);
        return malformed == 0 && ((nonAscii == 0 && !_utf8.IsOpen) || _utf8.Append(bytes[..read]));
    }

    // Receives text and token positions. The loop above ensures that there is room.
    private ref struct TextWriter(ref byte text, ref ushort starts)
    {
        private readonly ref byte _text = ref text;
        private readonly ref ushort _starts = ref starts;

        public int Length { get; private set; }

        public int StartCount { get; private set; }

        public void Put(byte b) => Unsafe.Add(ref _text, Length++) = b;

        public void TakeBack() => Length--;

        // Writes the bytes of a block whose bits are set in kept. starts is a subset of kept.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Write(ref byte block, ulong kept, ulong starts)
        {
            ref var destination = ref Unsafe.Add(ref _text, Length);
            ref var startsEnd = ref Unsafe.Add(ref _starts, StartCount);
            if (kept == ulong.MaxValue)
            {
                Unsafe.CopyBlockUnaligned(ref destination, ref block, JsonBlock.Length);
                JsonBlock.WritePlaces(starts, Length, ref startsEnd);
            }
            else
            {
                JsonBlock.Compress(ref block, kept, ref destination);
                JsonBlock.WritePlaces(starts, kept, Length, ref startsEnd);
            }

            Length += BitOperations.PopCount(kept);
            StartCount += BitOperations.PopCount(starts);
        }

        // Returns all starts, then the end of the text, where it writes a byte that starts no token.
        public readonly ReadOnlySpan<ushort> EndStarts(ushort[] starts)
        {
            Unsafe.Add(ref _text, Length) = 0;
            starts[StartCount] = (ushort)Length;
            return starts.AsSpan(0, StartCount + 1);
        }
    }
}
