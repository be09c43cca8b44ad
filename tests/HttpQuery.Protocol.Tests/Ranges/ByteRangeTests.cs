namespace HttpQuery.Protocol.Tests.Ranges;

/// <summary>RFC 9110 §14.1.2: one range of octets.</summary>
public class ByteRangeTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 499, 500)]
    [InlineData(500, 999, 500)]
    public void The_last_octet_is_part_of_the_range(long first, long last, long length) =>
        Assert.Equal(length, new ByteRange(first, last).Length);
}
