using System.Buffers;

namespace HttpQuery.SharedCache;

/// <summary>What has been sent of a response that is to be stored, up to a limit.</summary>
/// <param name="maximumLength">The most that is kept, in bytes.</param>
/// <param name="length">What Content-Length says, if it says anything.</param>
internal sealed class CapturedOctets(int maximumLength, long? length)
{
    private readonly ArrayBufferWriter<byte> _octets = length is > 0 && length <= maximumLength ? new((int)length) : new();

    /// <summary>What was kept, in no more memory than it takes.</summary>
    public ReadOnlyMemory<byte> Octets => _octets.FreeCapacity == 0 ? _octets.WrittenMemory : _octets.WrittenSpan.ToArray();

    /// <summary>Whether all octets that were announced are here: who has them all need not read on, and should find the response stored then.</summary>
    public bool IsWhole => _octets.WrittenCount == length;

    /// <returns><see langword="false"/> where it would be too long: more than the limit, or than was announced.</returns>
    public bool TryAdd(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > Math.Min(maximumLength, length ?? long.MaxValue) - _octets.WrittenCount) return false;
        _octets.Write(octets);
        return true;
    }
}
