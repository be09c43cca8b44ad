namespace KubeList.Store;

/// <summary>Writes 16 octets as a uid of version 4 form.</summary>
internal static class UidForm
{
    public static string Of(Span<byte> octets)
    {
        octets[6] = (byte)((octets[6] & 0x0F) | 0x40);
        octets[8] = (byte)((octets[8] & 0x3F) | 0x80);
        return new Guid(octets, bigEndian: true).ToString();
    }
}
