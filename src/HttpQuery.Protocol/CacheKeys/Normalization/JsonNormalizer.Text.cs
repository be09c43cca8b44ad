using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HttpQuery.CacheKeys.Normalization;

// The first pass: the text as it counts, and where its tokens start.
internal sealed partial class JsonNormalizer
{
    // What one block may add to the text: an escape of two octets becomes one of six, and a whole block is stored even if few octets count.
    private const int BlockRoom = 4 * JsonBlock.Length;

    // Room for one block beyond the octets of a pass, so that each pass reads one block at least. Names are read 16 octets at a time.
    private const int TextSlack = 2 * BlockRoom;

    // Positions in the text of one pass: of structural characters, of quotes that open a string, of the first octets of all else.
    private ushort[]? _starts;

    // All bits where the last block ended within a string; 1 where its last octet escapes the next one; 1 where that was part of a number
    // or a literal.
    private ulong _inString;
    private ulong _escapes;
    private ulong _inScalar;

    private Utf8Validator _utf8;

    private bool IsTextWhole => _inString == 0;

    private void StartText()
    {
        // A token for every octet, and what storing positions eight at a time writes beyond the last.
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

    // Reads as many blocks as there is room for.
    private bool WriteText(ReadOnlySpan<byte> octets, Span<byte> text, out int read, out int written, out ReadOnlySpan<ushort> starts)
    {
        Debug.Assert(octets.Length % JsonBlock.Length == 0 && octets.Length <= PassLength && text.Length >= octets.Length + TextSlack);
        var writer = new TextWriter(ref MemoryMarshal.GetReference(text), ref MemoryMarshal.GetArrayDataReference(_starts!));
        var lastStart = text.Length - TextSlack;
        var (inString, escapes, inScalar) = (_inString, _escapes, _inScalar);
        ulong nonAscii = 0, malformed = 0;
        starts = default;
        written = 0;
        if (_isBackslashHeld) writer.Put((byte)'\\');
        _isBackslashHeld = false;

        for (read = 0; read < octets.Length && writer.Length <= lastStart; read += JsonBlock.Length)
        {
            ref var block = ref Unsafe.Add(ref MemoryMarshal.GetReference(octets), read);
            var classes = JsonBlock.Classify(ref block);
            var escaped = JsonBlock.Escaped(classes.Backslashes, ref escapes);
            var quotes = classes.Quotes & ~escaped;

            // Opening quotes are inside, closing ones are not.
            var inside = JsonBlock.Inside(quotes) ^ inString;
            inString = (ulong)((long)inside >> 63);
            var scalars = ~(inside | quotes | classes.Structure | classes.Whitespace);
            var starts64 = (classes.Structure & ~inside) | (quotes & inside) | (scalars & ~((scalars << 1) | inScalar));
            inScalar = scalars >> 63;
            nonAscii |= classes.NonAscii;
            malformed |= classes.Controls & inside;

            // An escaped quote or backslash is written as it stands.
            var rewritten = escaped & inside & ~(classes.Quotes | classes.Backslashes);
            var kept = ~(classes.Whitespace & ~inside);
            if ((rewritten | _openEscape) == 0)
            {
                writer.Write(ref block, kept, starts64);
                continue;
            }

            // A copy, because what a reference is made to is kept in memory and not in registers.
            var another = writer;
            if (!WriteEscapes(ref another, ref block, kept, starts64, rewritten, escapes)) return false;
            writer = another;
        }

        (_inString, _escapes, _inScalar) = (inString, escapes, inScalar);
        if (escapes != 0)
        {
            // What the backslash stands before decides whether it is written. Outside a string it is nothing.
            if (inString == 0) return false;
            _isBackslashHeld = true;
            writer.TakeBack();
        }

        written = writer.Length;
        starts = writer.EndStarts(_starts!);
        return malformed == 0 && ((nonAscii == 0 && !_utf8.IsOpen) || _utf8.Append(octets[..read]));
    }

    // Where text and starts of tokens go. Room is seen to by the loop above.
    private ref struct TextWriter(ref byte text, ref ushort starts)
    {
        private readonly ref byte _text = ref text;
        private readonly ref ushort _starts = ref starts;

        public int Length { get; private set; }

        public int StartCount { get; private set; }

        public void Put(byte octet) => Unsafe.Add(ref _text, Length++) = octet;

        public void TakeBack() => Length--;

        // The octets of a block whose bits are set in kept; starts are among them.
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

        // All starts, and the end of the text, where the octet that stands there is none of a token.
        public readonly ReadOnlySpan<ushort> EndStarts(ushort[] starts)
        {
            Unsafe.Add(ref _text, Length) = 0;
            starts[StartCount] = (ushort)Length;
            return starts.AsSpan(0, StartCount + 1);
        }
    }
}
