using System.Buffers.Binary;

namespace HttpQuery.CacheKeys.Codings;

/// <content>Literals and matches (RFC 1951 §3.2.3). This loop takes nearly all of the time.</content>
internal sealed partial class Inflater
{
    // 15 + 5 bits for a length, 15 + 13 for a distance.
    private const int MostBitsOfMatch = 48;

    // The most that one iteration writes: literals of one bit each, a match, and the overrun of copying by words.
    private const int MostOfOneTurn = 64 + LongestMatch + sizeof(ulong);

    // True at the end of the block. An incomplete symbol stays in the bits, and is read again with the next bytes.
    private bool ReadSymbols(ref ReadOnlySpan<byte> coded)
    {
        // Locals, so that they can stay in registers.
        var (bits, bitCount, end) = (_bits, _bitCount, _end);
        var (literals, distances) = (_literals, _distances);
        var (isCounting, room) = (output is null, output is null ? _mostCounted : BufferLength - MostOfOneTurn);
        var input = coded;
        Span<byte> buffer = _buffer;
        Step next;
        while (true)
        {
            next = Step.Symbols;
            if (end > room)
            {
                _end = end;
                if (isCounting) return Fail();
                if (StopsHere()) break;
                if (!MakeRoom()) return Fail();
                end = _end;
            }

            // Fills up to 56 bits or more, or all that are left. Reading eight bytes at once leaves bits above the count, from bytes that
            // are read a second time.
            if (input.Length >= sizeof(ulong))
            {
                bits |= BinaryPrimitives.ReadUInt64LittleEndian(input) << bitCount;
                input = input[((63 - bitCount) >> 3)..];
                bitCount |= 56;
            }
            else
            {
                for (; bitCount < 56 && !input.IsEmpty; bitCount += 8)
                {
                    bits |= (ulong)input[0] << bitCount;
                    input = input[1..];
                }
            }

            var entry = literals.Find(bits);
            var used = HuffmanTable.CodeLength(entry);
            if (used > bitCount) break;
            if (entry >= HuffmanTable.Literal)
            {
                do
                {
                    if (!isCounting) buffer[end] = (byte)HuffmanTable.Value(entry);
                    end++;
                    bits >>= used;
                    bitCount -= used;
                    if (bitCount < HuffmanTable.LongestCode) break;
                    entry = literals.Find(bits);
                    used = HuffmanTable.CodeLength(entry);
                }
                while (entry >= HuffmanTable.Literal);

                // Enough bits for the longest match, or fill up first.
                if (bitCount < MostBitsOfMatch) continue;
            }

            if ((entry & HuffmanTable.Special) != 0)
            {
                bits >>= used;
                bitCount -= used;
                next = HuffmanTable.Value(entry) != 0 ? Step.BlockHeader : Step.Failed;
                break;
            }

            var length = TakeValue(entry, bits, 0, ref used);
            entry = distances.Find(bits >> used);
            var distance = TakeValue(entry, bits, used, ref used);
            if (used > bitCount) break;
            if ((entry & HuffmanTable.Special) != 0 || distance > end)
            {
                next = Step.Failed;
                break;
            }

            bits >>= used;
            bitCount -= used;
            if (!isCounting) CopyMatch(buffer, end, distance, length);
            end += length;
        }

        coded = input;
        (_bits, _bitCount, _end) = (bits & ((1UL << bitCount) - 1), bitCount, end);
        return next is Step.BlockHeader ? GoTo(next) : next is Step.Symbols ? false : Fail();
    }

    // The value of an entry plus its extra bits, which follow the code at an offset.
    private static int TakeValue(uint entry, ulong bits, int offset, ref int used)
    {
        var codeEnd = offset + HuffmanTable.CodeLength(entry);
        var extraBits = HuffmanTable.ExtraBits(entry);
        used = codeEnd + extraBits;
        return HuffmanTable.Value(entry) + ((int)(bits >> codeEnd) & ((1 << extraBits) - 1));
    }

    // Source and destination may overlap: then the copy repeats itself.
    private static void CopyMatch(Span<byte> buffer, int end, int distance, int length)
    {
        var from = buffer[(end - distance)..];
        var to = buffer[end..];
        if (distance >= sizeof(ulong))
        {
            for (var i = 0; i < length; i += sizeof(ulong))
                BinaryPrimitives.WriteUInt64LittleEndian(to[i..], BinaryPrimitives.ReadUInt64LittleEndian(from[i..]));
        }
        else if (distance == 1)
        {
            to[..length].Fill(from[0]);
        }
        else
        {
            for (var i = 0; i < length; i++) to[i] = from[i];
        }
    }
}
