namespace HttpQuery.CacheKeys.Buffers;

/// <summary>Converts case and hexadecimal digits of ASCII bytes. Other bytes stay as they are.</summary>
internal static class AsciiBytes
{
    public static byte ToLower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;

    public static byte ToUpper(byte b) => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b & ~0x20) : b;

    public static void ToLower(Span<byte> bytes)
    {
        foreach (ref var b in bytes) b = ToLower(b);
    }

    public static void ToUpper(Span<byte> bytes)
    {
        foreach (ref var b in bytes) b = ToUpper(b);
    }

    public static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
