using System.Buffers.Binary;
using KubeList.Store;

namespace KubeList.Data;

/// <summary>The generator PCG-XSH-RR 64/32: the same numbers for the same seed on every machine and in every release of .NET,
/// which <see cref="Random"/> does not promise.</summary>
internal sealed class Pcg32
{
    private const ulong Multiplier = 6364136223846793005;

    private readonly ulong _increment;
    private ulong _state;

    /// <param name="seed">Where the sequence starts.</param>
    /// <param name="stream">Which of 2⁶³ sequences it is: one kind of object takes no numbers from another's.</param>
    public Pcg32(ulong seed, ulong stream)
    {
        _increment = (stream << 1) | 1;
        Next();
        _state = unchecked(_state + seed);
        Next();
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        var state = _state;
        _state = unchecked((state * Multiplier) + _increment);
        return uint.RotateRight((uint)(((state >> 18) ^ state) >> 27), (int)(state >> 59));
    }

    /// <summary>A number from 0 to <paramref name="bound"/> − 1, each as likely.</summary>
    public int Below(int bound)
    {
        // Of the 2³² draws the first (2³² mod bound) would make some results likelier; they are drawn again.
        var threshold = unchecked((uint)-bound) % (uint)bound;
        uint drawn;
        do drawn = Next();
        while (drawn < threshold);
        return (int)(drawn % (uint)bound);
    }

    /// <summary>True in <paramref name="count"/> of 1,000 draws.</summary>
    public bool PerMille(int count) => Below(1000) < count;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>A word of the letters that Kubernetes makes names of: no vowels, so that no words come about.</summary>
    public string Word(int length) => string.Create(length, this, (letters, generator) =>
    {
        const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
        for (var i = 0; i < letters.Length; i++) letters[i] = Alphabet[generator.Below(Alphabet.Length)];
    });

    /// <summary>A uid in the form of version 4.</summary>
    public string Uid()
    {
        Span<byte> octets = stackalloc byte[16];
        for (var i = 0; i < 16; i += 4) BinaryPrimitives.WriteUInt32BigEndian(octets[i..], Next());
        return UidForm.Of(octets);
    }
}
