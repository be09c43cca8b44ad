using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace HttpQuery.CacheKeys.Normalization;

// Escapes that are rewritten. They are rare, so they are read byte by byte.
internal sealed partial class JsonNormalizer
{
    // Not 0 when the next byte belongs to an escape: missing digits of \u, or the low surrogate that must follow.
    private ulong _openEscape;
    private int _digitsMissing;
    private int _value;
    private int _highSurrogate;

    // A backslash at the end of a pass: the next pass decides whether to write it.
    private bool _isBackslashHeld;

    private void StartEscapes() => (_openEscape, _digitsMissing, _value, _highSurrogate, _isBackslashHeld) = (0, 0, 0, 0, false);

    // As TextWriter.Write, and rewrites the escapes whose second bytes are set in rewritten. lastEscapes: not 0 when the last byte of the
    // block starts an escape.
    private bool WriteEscapes(ref TextWriter writer, ref byte block, ulong kept, ulong starts, ulong rewritten, ulong lastEscapes)
    {
        var next = 0;
        if (_digitsMissing > 0 && !ReadDigits(ref writer, ref block, ref next)) return false;
        while (rewritten != 0)
        {
            var second = BitOperations.TrailingZeroCount(rewritten);
            rewritten &= rewritten - 1;

            // The digits of an escape are never second bytes: they are hexadecimal and not escaped themselves.
            if (!WriteBetween(ref writer, ref block, ref next, second - 1, kept, starts)) return false;

            // The block before may have ended with this backslash, and written it.
            if (second == 0) writer.TakeBack();
            next = second + 1;
            var b = Unsafe.Add(ref block, second);
            if (b == 'u')
            {
                _digitsMissing = 4;
                _value = 0;
                if (!ReadDigits(ref writer, ref block, ref next)) return false;
            }
            else if (_highSurrogate != 0 || !WriteShortEscape(ref writer, b))
            {
                return false;
            }
        }

        // A last backslash may start the low surrogate.
        var end = _highSurrogate != 0 && lastEscapes != 0 ? JsonBlock.Length - 1 : JsonBlock.Length;
        if (!WriteBetween(ref writer, ref block, ref next, end, kept, starts)) return false;
        if (end < JsonBlock.Length && next == end) writer.Put((byte)'\\');
        _openEscape = (ulong)(_digitsMissing | _highSurrogate);
        return true;
    }

    private bool WriteBetween(ref TextWriter writer, ref byte block, ref int next, int end, ulong kept, ulong starts)
    {
        if (next >= end) return true;
        if (_highSurrogate != 0) return false;
        var between = (ulong.MaxValue << next) & (ulong.MaxValue >> (JsonBlock.Length - end));
        writer.Write(ref block, kept & between, starts & between);
        next = end;
        return true;
    }

    private static bool WriteShortEscape(ref TextWriter writer, byte b)
    {
        switch (b)
        {
            case (byte)'/': writer.Put(b); return true;
            case (byte)'b': WriteCharacter(ref writer, '\b'); return true;
            case (byte)'f': WriteCharacter(ref writer, '\f'); return true;
            case (byte)'n': WriteCharacter(ref writer, '\n'); return true;
            case (byte)'r': WriteCharacter(ref writer, '\r'); return true;
            case (byte)'t': WriteCharacter(ref writer, '\t'); return true;
            default: return false;
        }
    }

    // Reads the digits of \u that the block has. The last digit writes the character.
    private bool ReadDigits(ref TextWriter writer, ref byte block, ref int next)
    {
        for (; _digitsMissing > 0; _digitsMissing--)
        {
            if (next == JsonBlock.Length) return true;
            var b = Unsafe.Add(ref block, next++);
            if (!char.IsAsciiHexDigit((char)b)) return false;
            _value = (_value << 4) | HexValue(b);
        }

        var isLow = _value is >= 0xDC00 and <= 0xDFFF;
        if (isLow != (_highSurrogate != 0)) return false;
        if (isLow)
        {
            WriteCharacter(ref writer, char.ConvertToUtf32((char)_highSurrogate, (char)_value));
            _highSurrogate = 0;
        }
        else if (_value is >= 0xD800 and <= 0xDBFF)
        {
            _highSurrogate = _value;
        }
        else
        {
            WriteCharacter(ref writer, _value);
        }

        return true;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    // The normalized spelling of a character in a string.
    private static void WriteCharacter(ref TextWriter writer, int character)
    {
        if (character is '"' or '\\')
        {
            writer.Put((byte)'\\');
            writer.Put((byte)character);
        }
        else if (character < 0x20)
        {
            foreach (var b in "\\u00"u8) writer.Put(b);
            writer.Put((byte)('0' + (character >> 4)));
            writer.Put("0123456789abcdef"u8[character & 0xF]);
        }
        else
        {
            Span<byte> bytes = stackalloc byte[4];
            var length = new Rune(character).EncodeToUtf8(bytes);
            foreach (var b in bytes[..length]) writer.Put(b);
        }
    }
}
