using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>Keeps what a decoder hands out, up to a length at which it refuses more.</summary>
internal sealed class ByteCollector(int mostOctets = int.MaxValue) : IByteSink
{
    private readonly List<byte> _octets = [];

    /// <summary>What was handed out.</summary>
    public byte[] Octets => [.. _octets];

    /// <summary>How often something was handed out.</summary>
    public int Calls { get; private set; }

    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> octets)
    {
        Calls++;
        _octets.AddRange(octets);
        return _octets.Count <= mostOctets;
    }
}
