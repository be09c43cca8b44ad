using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HttpQuery.CacheKeys;

/// <summary>Computes hash codes of keys that differ from process to process. Each process picks a random function of a universal
/// family: multiply, add, take the upper half.</summary>
internal static class KeyHashCode
{
    private static readonly ulong[] Factors = CreateFactors();

    /// <param name="key">The 32 bytes of a key.</param>
    public static int Compute(ReadOnlySpan<byte> key)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(key);
        var factors = Factors;
        var sum = factors[4] + (factors[0] * words[0]) + (factors[1] * words[1]) + (factors[2] * words[2]) + (factors[3] * words[3]);
        return (int)(sum >> 32);
    }

    private static ulong[] CreateFactors()
    {
        var factors = new ulong[5];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(factors.AsSpan()));

        // Odd, so that every word affects the result.
        for (var i = 0; i < 4; i++) factors[i] |= 1;
        return factors;
    }
}
