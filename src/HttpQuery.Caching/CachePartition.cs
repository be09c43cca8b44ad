using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace HttpQuery.Caching;

/// <summary>Composes <see cref="CacheRequest.Partition"/> of named parts (docs/cache-key.md §7).</summary>
public static class CachePartition
{
    /// <summary>Writes the name and the value of each part, with their lengths before them, so that no part can imitate another.</summary>
    /// <param name="parts">Names such as <c>culture</c>, and values; a part whose value is <see langword="null"/> is left out.</param>
    /// <returns>The bytes; empty where no part has a value.</returns>
    public static byte[] Of(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in parts)
        {
            if (value is null) continue;
            Write(output, Encoding.UTF8.GetBytes(name));
            Write(output, Encoding.UTF8.GetBytes(value));
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Adds the user, by a digest, to a partition.</summary>
    internal static byte[] WithUser(ReadOnlySpan<byte> partition, ReadOnlySpan<byte> user)
    {
        var output = new ArrayBufferWriter<byte>(partition.Length + user.Length + 12);
        output.Write(partition);
        Write(output, "user"u8);
        Write(output, user);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), bytes.Length);
        output.Advance(4);
        output.Write(bytes);
    }
}
