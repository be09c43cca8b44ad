using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>Counts what a decoder hands out, and keeps none of it.</summary>
internal sealed class ByteCounter : IByteSink
{
    /// <summary>The octets handed out.</summary>
    public long Count { get; set; }

    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> octets)
    {
        Count += octets.Length;
        return true;
    }
}
