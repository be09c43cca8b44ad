using System.Buffers.Binary;
using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.Protocol.Tests.CacheKeys.Codings;

/// <summary>docs/cache-key.md, section 5: gzip (RFC 1952).</summary>
public class GzipDecoderTests
{
    private const byte Text = 0x01;
    private const byte HeaderChecksum = 0x02;
    private const byte Extra = 0x04;
    private const byte Name = 0x08;
    private const byte Comment = 0x10;

    private static readonly byte[] Content = "{\"a\":[1,1,1,1,1,1,1,1]}"u8.ToArray();
    private static readonly byte[] Deflate = Coded.Deflate(Content);

    public static TheoryData<byte, byte[]> Headers => new()
    {
        { 0, [] },
        { Text, [] },
        { Extra, [0, 0] },
        { Extra, [3, 0, 1, 0, 2] },
        { Extra, [0x00, 0x01, .. new byte[256]] },
        { Extra, [0xFF, 0xFF, .. new byte[65_535]] },
        { Name, [0] },
        { Name, [.. "query.json"u8, 0] },
        { Comment, [0] },
        { Comment, [.. "none"u8, 0] },
        { Name | Comment, [0, 0] },
        { Text | Extra | Name | Comment, [1, 0, 9, .. "n"u8, 0, .. "c"u8, 0] },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void What_a_header_can_hold_is_skipped(byte flags, byte[] fields)
    {
        var coded = Coded.Gzip(Deflate, Content, Header(flags, fields));
        Assert.Equal(Content, Coded.Decode("gzip", coded));
        Assert.Equal(Content, Coded.Decode("gzip", coded, 1));
        Assert.Equal(Content, Coded.Decode("gzip", coded, 10, 2, 3));
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_cut_anywhere_is_refused(byte flags, byte[] fields)
    {
        var header = Header(flags, fields);
        for (var length = Math.Max(0, header.Length - 300); length < header.Length; length++)
            Assert.Null(Coded.Decode("gzip", header.AsSpan(0, length)));
        Assert.Null(Coded.Decode("gzip", header));
    }

    [Fact]
    public void Time_extra_flags_and_system_are_ignored() =>
        Assert.Equal(Content, Coded.Decode("gzip", Coded.Gzip(Deflate, Content, [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6])));

    [Theory]
    [InlineData(0x20)]
    [InlineData(0x40)]
    [InlineData(0x80)]
    [InlineData(0xE0)]
    public void Reserved_flags_are_refused(byte flags) =>
        Assert.Null(Coded.Decode("gzip", Coded.Gzip(Deflate, Content, Header(flags, []))));

    [Fact]
    public void A_checksum_of_the_header_is_refused_be_it_right()
    {
        var header = Header(HeaderChecksum, []);
        var checksum = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(checksum, (ushort)Crc32.Append(0, header));
        Assert.Null(Coded.Decode("gzip", Coded.Gzip(Deflate, Content, [.. header, .. checksum])));
        Assert.Null(Coded.Decode("gzip", Coded.Gzip(Deflate, Content, header)));
    }

    [Theory]
    [InlineData(0, 0x1E)]
    [InlineData(1, 0x8A)]
    [InlineData(2, 7)]
    [InlineData(2, 0)]
    public void Another_format_or_method_is_refused(int place, byte octet)
    {
        var coded = Coded.Gzip(Deflate, Content);
        coded[place] = octet;
        Assert.Null(Coded.Decode("gzip", coded));
    }

    [Fact]
    public void Each_bit_of_the_trailer_counts()
    {
        var coded = Coded.Gzip(Deflate, Content);
        for (var bit = 0; bit < 64; bit++)
        {
            var damaged = (byte[])coded.Clone();
            damaged[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));
            Assert.Null(Coded.Decode("gzip", damaged));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 3, 0 })]
    public void Octets_between_the_stream_and_the_trailer_are_refused(byte[] between) =>
        Assert.Null(Coded.Decode("gzip", Coded.Gzip([.. Deflate, .. between], Content)));

    [Fact]
    public void A_second_member_is_refused_be_it_empty()
    {
        var member = Coded.Gzip(Deflate, Content);
        Assert.Null(Coded.Decode("gzip", [.. member, .. member]));
        Assert.Null(Coded.Decode("gzip", [.. member, .. Coded.Gzip([3, 0], [])]));
    }

    [Fact]
    public void Each_bit_is_checked_or_counts_for_nothing()
    {
        var coded = Coded.Gzip(Deflate, Content);
        for (var bit = 0; bit < coded.Length * 8; bit++)
        {
            var damaged = (byte[])coded.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var decoded = Coded.Decode("gzip", damaged);
            Assert.True(decoded is null || decoded.SequenceEqual(Content));
        }
    }

    private static byte[] Header(byte flags, byte[] fields) => [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 0xFF, .. fields];
}
