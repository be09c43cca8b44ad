namespace HttpQuery.CacheKeys.Codings;

/// <summary>The Adler-32 of zlib (RFC 1950 §8.2): two sums modulo 65521, the largest prime below 2¹⁶.</summary>
internal static class Adler32
{
    /// <summary>The Adler-32 of no bytes.</summary>
    internal const uint Empty = 1;

    private const uint Modulus = 65521;

    // After this many bytes of 0xFF, on sums of 65520, the second sum is still below 2³²: the division can wait until then.
    private const int LongestRun = 5552;

    /// <summary>Continues an Adler-32 with more bytes.</summary>
    internal static uint Append(uint adler, ReadOnlySpan<byte> bytes)
    {
        var first = adler & 0xFFFF;
        var second = adler >> 16;
        while (!bytes.IsEmpty)
        {
            var run = bytes[..Math.Min(bytes.Length, LongestRun)];
            foreach (var b in run)
            {
                first += b;
                second += first;
            }

            first %= Modulus;
            second %= Modulus;
            bytes = bytes[run.Length..];
        }

        return (second << 16) | first;
    }
}
