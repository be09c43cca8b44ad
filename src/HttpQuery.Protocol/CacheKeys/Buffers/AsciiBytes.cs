namespace HttpQuery.CacheKeys.Buffers;

/// <summary>Converts case and hexadecimal digits of ASCII bytes. Other bytes stay as they are.</summary>
internal static class AsciiBytes
{
    public static byte ToLower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;

    public static byte ToUpper(byte octet) => octet is >= (byte)'a' and <= (byte)'z' ? (byte)(octet & ~0x20) : octet;

    public static void ToLower(Span<byte> octets)
    {
        foreach (ref var octet in octets) octet = ToLower(octet);
    }

    public static void ToUpper(Span<byte> octets)
    {
        foreach (ref var octet in octets) octet = ToUpper(octet);
    }

    public static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
