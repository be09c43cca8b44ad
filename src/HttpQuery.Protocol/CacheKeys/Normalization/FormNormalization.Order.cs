using System.Buffers;

namespace HttpQuery.CacheKeys;

// Pairs in the order of their names, escapes resolved; those of equal names in the order they came in.
internal sealed partial class FormNormalization
{
    // A pair is one number: the first octets of its name, and where it starts in what is kept. So most pairs are ordered as numbers are.
    private const int FirstOctets = 4;
    private const int OctetBits = 9;
    private const int StartBits = 26;

    private readonly PooledList<long> _pairs = new();
    private readonly Comparison<long> _byName;
    private bool _isFirstWritten;

    // False where an escape is none.
    private bool WriteOrdered(IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> content = _kept.Items;
        if (!AreEscapesWhole(content)) return false;
        _pairs.Clear();
        _isFirstWritten = false;
        for (var start = 0; start <= content.Length; start++)
        {
            var pair = PairAt(start);

            // A name of nothing comes before all others.
            if (pair is [] or [(byte)'=', ..]) WritePair(output, pair);
            else _pairs.Add(Number(start));
            start += pair.Length;
        }

        Sort();
        foreach (var pair in _pairs.Items) WritePair(output, PairAt(Start(pair)));
        return true;
    }

    private void WritePair(IBufferWriter<byte> output, ReadOnlySpan<byte> pair)
    {
        if (_isFirstWritten) output.Write("&"u8);
        if (!pair.IsEmpty) output.Write(pair);
        _isFirstWritten = true;
    }

    private void Sort()
    {
        var pairs = _pairs.Items;
        pairs.Sort();

        // Names that go on behind the same first octets.
        while (!pairs.IsEmpty)
        {
            var first = pairs[0] >> StartBits;
            var count = 1;
            while (count < pairs.Length && pairs[count] >> StartBits == first) count++;
            if (count > 1 && (first & ((1 << OctetBits) - 1)) != 0) pairs[..count].Sort(_byName);
            pairs = pairs[count..];
        }
    }

    private long Number(int start)
    {
        var name = NameAt(start);
        var (number, position) = (0L, 0);
        for (var i = 0; i < FirstOctets; i++) number = (number << OctetBits) + Next(name, ref position) + 1;
        return (number << StartBits) + start;
    }

    private static int Start(long pair) => (int)(pair & ((1 << StartBits) - 1));

    private int ComparePairs(long left, long right)
    {
        var leftName = NameAt(Start(left));
        var rightName = NameAt(Start(right));

        // Up to where they are written differently they say the same; there, they may be within an escape.
        var position = leftName.CommonPrefixLength(rightName);
        if (position > 0 && leftName[position - 1] == '%') position -= 1;
        else if (position > 1 && leftName[position - 2] == '%') position -= 2;

        var (leftPosition, rightPosition) = (position, position);
        while (true)
        {
            var (leftOctet, rightOctet) = (Next(leftName, ref leftPosition), Next(rightName, ref rightPosition));
            if (leftOctet != rightOctet) return leftOctet - rightOctet;
            if (leftOctet < 0) return left.CompareTo(right);
        }
    }

    private ReadOnlySpan<byte> PairAt(int start) => UpTo("&"u8, _kept.Items[start..]);

    private ReadOnlySpan<byte> NameAt(int start) => UpTo("=&"u8, _kept.Items[start..]);

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

    private static bool AreEscapesWhole(ReadOnlySpan<byte> content)
    {
        while (content.IndexOf((byte)'%') is var escape and >= 0)
        {
            content = content[(escape + 1)..];
            if (content.Length < 2 || !char.IsAsciiHexDigit((char)content[0]) || !char.IsAsciiHexDigit((char)content[1])) return false;
        }

        return true;
    }
}
