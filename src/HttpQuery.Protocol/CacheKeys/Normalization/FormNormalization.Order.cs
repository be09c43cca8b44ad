using System.Buffers;

namespace HttpQuery.CacheKeys;

// Pairs in the order of their names, escapes resolved; those of equal names in the order they came in.
internal sealed partial class FormNormalization
{
    // Where pairs start: as little as can be, since every octet may be a pair.
    private readonly PooledList<int> _pairs = new();
    private readonly Comparison<int> _byName;

    // False where an escape is none.
    private bool WriteOrdered(IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> content = _kept.Items;
        if (!AreEscapesWhole(content)) return false;
        _pairs.Clear();
        _pairs.Add(0);
        var isInOrder = true;
        for (var i = 1; content[_pairs[i - 1]..].IndexOf((byte)'&') is var length and >= 0; i++)
        {
            _pairs.Add(_pairs[i - 1] + length + 1);
            isInOrder &= ComparePairs(_pairs[i - 1], _pairs[i]) < 0;
        }

        if (!isInOrder) _pairs.Items.Sort(_byName);
        for (var i = 0; i < _pairs.Count; i++)
        {
            var pair = UpTo("&"u8, content[_pairs[i]..]);
            if (i > 0) output.Write("&"u8);
            if (!pair.IsEmpty) output.Write(pair);
        }

        return true;
    }

    private static bool AreEscapesWhole(ReadOnlySpan<byte> content)
    {
        while (content.IndexOf((byte)'%') is var escape and >= 0)
        {
            content = content[(escape + 1)..];
            if (content.Length < 2 || !char.IsAsciiHexDigit((char)content[0]) || !char.IsAsciiHexDigit((char)content[1])) return false;
        }

        return true;
    }

    private int ComparePairs(int left, int right)
    {
        var leftName = UpTo("=&"u8, _kept.Items[left..]);
        var rightName = UpTo("=&"u8, _kept.Items[right..]);

        // Up to where they are written differently they say the same; there, they may be within an escape.
        var position = leftName.CommonPrefixLength(rightName);
        if (position > 0 && leftName[position - 1] == '%') position -= 1;
        else if (position > 1 && leftName[position - 2] == '%') position -= 2;

        var (leftPosition, rightPosition) = (position, position);
        while (true)
        {
            var (leftOctet, rightOctet) = (Next(leftName, ref leftPosition), Next(rightName, ref rightPosition));
            if (leftOctet != rightOctet) return leftOctet - rightOctet;
            if (leftOctet < 0) return left - right;
        }
    }

    private static ReadOnlySpan<byte> UpTo(ReadOnlySpan<byte> ends, ReadOnlySpan<byte> octets) =>
        octets.IndexOfAny(ends) is var length and >= 0 ? octets[..length] : octets;

    // The next octet that the name says; none is less than all.
    private static int Next(ReadOnlySpan<byte> name, ref int position)
    {
        if (position == name.Length) return -1;
        var octet = name[position++];
        if (octet == '+') return ' ';
        if (octet != '%') return octet;
        position += 2;
        return (HexValue(name[position - 2]) << 4) | HexValue(name[position - 1]);
    }
}
