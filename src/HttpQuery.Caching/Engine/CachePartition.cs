using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Engine;

/// <summary>Composes <see cref="CacheRequest.Partition"/> from named parts (docs/cache-key.md §7).</summary>
internal static class CachePartition
{
    /// <summary>Writes the name and the value of each part. A length precedes each, so no part can imitate another.</summary>
    /// <param name="parts">Names such as <c>culture</c>, and values; a part whose value is <see langword="null"/> is left out.</param>
    /// <returns>The bytes; empty if no part has a value.</returns>
    public static byte[] Create(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in parts)
        {
            if (value is null) continue;
            Write(output, GetBytes(name));
            Write(output, GetBytes(value));
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Adds the digest of a user to a partition.</summary>
    internal static byte[] WithUser(ReadOnlySpan<byte> partition, ReadOnlySpan<byte> user)
    {
        var output = new ArrayBufferWriter<byte>(partition.Length + user.Length + 12);
        output.Write(partition);
        Write(output, "user"u8);
        Write(output, user);
        return output.WrittenSpan.ToArray();
    }

    // UTF-8, with lone surrogates written the same way: the encoding would make all of them equal.
    private static byte[] GetBytes(string text)
    {
        if (!HasHalfPair(text)) return Encoding.UTF8.GetBytes(text);
        var output = new ArrayBufferWriter<byte>(3 * text.Length);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) is OperationStatus.Done)
            {
                output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
            }
            else
            {
                var half = rest[0];
                output.Write([(byte)(0xE0 | half >> 12), (byte)(0x80 | half >> 6 & 0x3F), (byte)(0x80 | half & 0x3F)]);
            }
            rest = rest[length..];
        }
        return output.WrittenSpan.ToArray();
    }

    private static bool HasHalfPair(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var start)
        {
            if (Rune.DecodeFromUtf16(text[start..], out _, out var length) is not OperationStatus.Done) return true;
            text = text[(start + length)..];
        }
        return false;
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), bytes.Length);
        output.Advance(4);
        output.Write(bytes);
    }
}
