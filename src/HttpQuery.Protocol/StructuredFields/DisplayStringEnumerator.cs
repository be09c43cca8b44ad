using System.Buffers;
using System.Text;

namespace HttpQuery.StructuredFields;

/// <summary>Enumerates the unescaped characters of the content of a Display String (RFC 9651 §4.2.10).</summary>
internal ref struct DisplayStringEnumerator(ReadOnlySpan<char> content)
{
    private const int LongestSequence = 4;

    private ReadOnlySpan<char> _rest = content;

    public Rune Current { get; private set; }

    /// <summary>Whether <see cref="MoveNext"/> stopped at a control character, a bad escape or bytes that are not UTF-8.</summary>
    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        if (_rest[0] != '%')
        {
            if (_rest[0] is < ' ' or > '~') return Fail();
            Current = new(_rest[0]);
            _rest = _rest[1..];
            return true;
        }

        // Only adjacent escapes can form a character: unescaped characters are ASCII.
        Span<byte> bytes = stackalloc byte[LongestSequence];
        var count = 0;
        while (count < LongestSequence && TryReadEscape(_rest[(count * 3)..], out bytes[count])) count++;
        if (Rune.DecodeFromUtf8(bytes[..count], out var rune, out var length) is not OperationStatus.Done) return Fail();

        Current = rune;
        _rest = _rest[(length * 3)..];
        return true;
    }

    // Upper-case hex digits are malformed.
    private static bool TryReadEscape(ReadOnlySpan<char> text, out byte b)
    {
        b = 0;
        if (text is not ['%', var high, var low, ..] || !char.IsAsciiHexDigitLower(high) || !char.IsAsciiHexDigitLower(low)) return false;
        b = (byte)((HexValue(high) << 4) | HexValue(low));
        return true;
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : digit - 'a' + 10;

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }
}
