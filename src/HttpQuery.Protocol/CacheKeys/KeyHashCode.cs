using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HttpQuery.CacheKeys;

/// <summary>Hash codes of keys that differ from process to process: a universal family (multiply, add, take the upper half), one of
/// whose functions each process picks by chance.</summary>
internal static class KeyHashCode
{
    private static readonly ulong[] Factors = CreateFactors();

    /// <param name="key">The 32 octets of a key.</param>
    public static int Compute(ReadOnlySpan<byte> key)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(key);
        var factors = Factors;
        return (int)((factors[4] + (factors[0] * words[0]) + (factors[1] * words[1]) + (factors[2] * words[2]) + (factors[3] * words[3])) >> 32);
    }

    private static ulong[] CreateFactors()
    {
        var factors = new ulong[5];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(factors.AsSpan()));

        // Odd, so that no word can be without effect.
        for (var i = 0; i < 4; i++) factors[i] |= 1;
        return factors;
    }
}
