using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §4.2: reading a structured field from left to right.</summary>
public class SfReaderTests
{
    [Fact]
    public void A_list_is_reported_node_by_node() => Assert.Equal(
        ["Item Token a", "Parameter x Integer 1", "InnerListStart", "Item String b", "Parameter y Boolean True", "Item Decimal 1.5",
            "InnerListEnd", "Parameter z Date @5", "Item ByteSequence 01-02"],
        Nodes("a;x=1, (\"b\";y 1.5);z=@5, :AQI=:", SfFieldType.List));

    [Fact]
    public void A_dictionary_reports_the_key_of_each_member() => Assert.Equal(
        ["Item a Integer 1", "Item b Boolean True", "Parameter x Token y", "InnerListStart c", "Item DisplayString ü", "InnerListEnd"],
        Nodes("a=1, b;x=y, c=(%\"%c3%bc\")", SfFieldType.Dictionary));

    [Fact]
    public void A_key_that_comes_twice_is_reported_twice() => Assert.Equal(
        ["Item a Integer 1", "Item a Integer 2", "Parameter x Boolean True", "Parameter x Boolean False"],
        Nodes("a=1, a=2;x;x=?0", SfFieldType.Dictionary));

    [Fact]
    public void What_precedes_the_error_has_been_reported_by_then() =>
        Assert.Equal(["Item Token a", "Item Token b", "malformed"], Nodes("a, b, ,", SfFieldType.List));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("007", 7)]
    [InlineData("-999999999999999", -999_999_999_999_999)]
    public void Integers_have_up_to_15_digits(string text, long value)
    {
        var reader = ReadItem(text);
        Assert.Equal((SfItemType.Integer, value), (reader.ItemType, reader.GetInteger()));
    }

    [Theory]
    [InlineData("0.0", 0)]
    [InlineData("-0.5", -500)]
    [InlineData("1.02", 1_020)]
    [InlineData("999999999999.999", 999_999_999_999_999)]
    public void Decimals_have_up_to_12_digits_and_3(string text, long thousandths)
    {
        var reader = ReadItem(text);
        Assert.Equal((SfItemType.Decimal, thousandths / 1000m), (reader.ItemType, reader.GetDecimal()));
    }

    [Theory]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("-.1")]
    [InlineData("1.1.1")]
    [InlineData("1.1234")]
    [InlineData("1000000000000000")]
    [InlineData("1000000000000.0")]
    [InlineData("0000000000000000")]
    [InlineData("1e3")]
    [InlineData("0x1")]
    [InlineData("٣")]
    public void Other_numbers_are_malformed(string text) => Assert.True(IsMalformed(text));

    [Theory]
    [InlineData("\"\"", "", "")]
    [InlineData("\"a b\"", "a b", "a b")]
    [InlineData("\"\\\"\\\\\"", "\"\\", "\\\"\\\\")]
    [InlineData("a:/*", "a:/*", "a:/*")]
    [InlineData("*", "*", "*")]
    [InlineData("%\"%25%22%e2%82%ac%f0%9f%98%80x\"", "%\"€\U0001F600x", "%25%22%e2%82%ac%f0%9f%98%80x")]
    [InlineData("%\"%61\"", "a", "%61")]
    public void Text_is_unescaped(string text, string value, string raw)
    {
        var reader = ReadItem(text);
        Assert.Equal(value, reader.GetText());
        Assert.Equal(raw, reader.RawText.ToString());
        Assert.True(reader.TextEquals(value));
        Assert.False(reader.TextEquals(value + "x"));
        Assert.False(reader.TextEquals(value + "\uD800"));
        Assert.False(value.Length > 0 && reader.TextEquals(value.AsSpan(0, value.Length - 1)));

        var buffer = new char[value.Length];
        Assert.True(reader.TryCopyText(buffer, out var written));
        Assert.Equal(value, new(buffer, 0, written));
        if (value.Length == 0) return;
        Assert.False(reader.TryCopyText(buffer.AsSpan(1), out written));
        Assert.Equal(0, written);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"a")]
    [InlineData("\"a\\")]
    [InlineData("\"a\\\"")]
    [InlineData("\"\\a\"")]
    [InlineData("\"\t\"")]
    [InlineData("\"\u007F\"")]
    [InlineData("\"é\"")]
    [InlineData("'a'")]
    [InlineData("%")]
    [InlineData("%a")]
    [InlineData("%\"a")]
    [InlineData("%\"%\"")]
    [InlineData("%\"%c\"")]
    [InlineData("%\"%c3\"")]
    [InlineData("%\"%c3a%bc\"")]
    [InlineData("%\"%C3%BC\"")]
    [InlineData("%\"%7E\"")]
    [InlineData("%\"%4A%80%80\"")]
    [InlineData("%\"%C3%bc\"")]
    [InlineData("%\"%ed%a0%80\"")]
    [InlineData("%\"%c0%80\"")]
    [InlineData("%\"%f4%90%80%80\"")]
    [InlineData("%\"é\"")]
    [InlineData("%\"\t\"")]
    [InlineData("é")]
    public void Other_text_is_malformed(string text) => Assert.True(IsMalformed(text));

    [Theory]
    [InlineData("::", "")]
    [InlineData(":AQI=:", "01-02")]
    [InlineData(":AQI:", "01-02")]
    [InlineData(":AQJ=:", "01-02")]
    [InlineData(":AQ==:", "01")]
    [InlineData(":AR:", "01")]
    [InlineData(":+/+/:", "FB-FF-BF")]
    public void Octets_are_decoded_with_padding_or_without(string text, string octets)
    {
        var reader = ReadItem(text);
        Assert.Equal(octets, BitConverter.ToString(reader.GetBytes()));

        var buffer = new byte[reader.RawText.Length * 3 / 4];
        Assert.True(reader.TryCopyBytes(buffer, out var written));
        Assert.Equal(octets, BitConverter.ToString(buffer, 0, written));
        if (octets.Length == 0) return;
        Assert.False(reader.TryCopyBytes(buffer.AsSpan(0, written - 1), out written));
        Assert.Equal(0, written);
    }

    [Theory]
    [InlineData(":")]
    [InlineData(":AQI=")]
    [InlineData(":A:")]
    [InlineData(":AQIDB:")]
    [InlineData(":AQ=:")]
    [InlineData(":AQI==:")]
    [InlineData(":=:")]
    [InlineData(":====:")]
    [InlineData(":A===:")]
    [InlineData(":AQ=I:")]
    [InlineData(":A QI:")]
    [InlineData(":AQ\nI:")]
    [InlineData(":-_-_:")]
    [InlineData(":é===:")]
    public void Other_base64_is_malformed(string text) => Assert.True(IsMalformed(text));

    [Theory]
    [InlineData("?")]
    [InlineData("?2")]
    [InlineData("?t")]
    [InlineData("?01")]
    [InlineData("@")]
    [InlineData("@1.5")]
    [InlineData("@-")]
    [InlineData("@@1")]
    [InlineData("@1000000000000000")]
    public void Other_booleans_and_dates_are_malformed(string text) => Assert.True(IsMalformed(text));

    [Fact]
    public void A_value_is_given_only_as_the_type_it_has()
    {
        Assert.Throws<InvalidOperationException>(() => ReadItem("a").GetInteger());
        Assert.Throws<InvalidOperationException>(() => ReadItem("1").GetDecimal());
        Assert.Throws<InvalidOperationException>(() => ReadItem("1").GetBoolean());
        Assert.Throws<InvalidOperationException>(() => ReadItem("1").GetDate());
        Assert.Throws<InvalidOperationException>(() => ReadItem("1").GetText());
        Assert.Throws<InvalidOperationException>(() => ReadItem(":AQI=:").GetText());
        Assert.Throws<InvalidOperationException>(() => ReadItem("1").RawText.ToString());
        Assert.Throws<InvalidOperationException>(() => ReadItem("a").GetBytes());
        Assert.Throws<InvalidOperationException>(() => ReadItem("a").TryCopyBytes([], out _));
    }

    [Fact]
    public void There_is_no_value_before_the_first_node_and_after_the_last()
    {
        Assert.Throws<InvalidOperationException>(() => new SfReader("1", SfFieldType.Item).ItemType);
        Assert.Throws<InvalidOperationException>(() =>
        {
            var reader = ReadItem("1");
            return reader.Read() ? default : reader.ItemType;
        });
    }

    [Fact]
    public void Reading_on_after_the_end_stays_at_the_end()
    {
        var reader = new SfReader("a, b", SfFieldType.List);
        while (reader.Read())
        {
        }

        Assert.False(reader.Read());
        Assert.Equal((SfNodeType.None, false), (reader.NodeType, reader.IsMalformed));
    }

    [Fact]
    public void SfReader_reads_a_list_without_allocating() => Assert.Equal(0, Allocation.Of(() => Walk(
        "application/sql;charset=\"utf\\\"8\", (\"a\" b;x=1.5);y, @1659578233, :AQI=:, %\"f%c3%bc\", ?0", SfFieldType.List)));

    [Fact]
    public void SfReader_reads_a_dictionary_without_allocating() => Assert.Equal(0, Allocation.Of(() => Walk(
        "max-age=60, private, keys=(\"a\" \"b\");v=2, name=%\"%e2%82%ac\"", SfFieldType.Dictionary)));

    [Fact]
    public void SfReader_reads_malformed_text_without_allocating() =>
        Assert.Equal(0, Allocation.Of(() => Walk("a, b;c=\"d", SfFieldType.List)));

    private static void Walk(string text, SfFieldType fieldType)
    {
        Span<char> characters = stackalloc char[64];
        Span<byte> octets = stackalloc byte[64];
        var reader = new SfReader(text, fieldType);
        while (reader.Read())
        {
            if (reader.NodeType is not (SfNodeType.Item or SfNodeType.Parameter)) continue;
            switch (reader.ItemType)
            {
                case SfItemType.Integer: reader.GetInteger(); break;
                case SfItemType.Decimal: reader.GetDecimal(); break;
                case SfItemType.Boolean: reader.GetBoolean(); break;
                case SfItemType.Date: reader.GetDate(); break;
                case SfItemType.ByteSequence: reader.TryCopyBytes(octets, out _); break;
                default:
                    reader.TryCopyText(characters, out _);
                    reader.TextEquals("utf\"8");
                    break;
            }
        }
    }

    private static List<string> Nodes(string text, SfFieldType fieldType)
    {
        var nodes = new List<string>();
        var reader = new SfReader(text, fieldType);
        while (reader.Read())
        {
            var hasValue = reader.NodeType is SfNodeType.Item or SfNodeType.Parameter;
            string[] parts = [$"{reader.NodeType}", reader.Key.ToString(), hasValue ? $"{reader.ItemType} {Value(reader)}" : ""];
            nodes.Add(string.Join(' ', parts.Where(part => part.Length > 0)));
        }

        if (reader.IsMalformed) nodes.Add("malformed");
        return nodes;
    }

    private static string Value(scoped in SfReader reader) => reader.ItemType switch
    {
        SfItemType.Integer => FormattableString.Invariant($"{reader.GetInteger()}"),
        SfItemType.Decimal => FormattableString.Invariant($"{reader.GetDecimal()}"),
        SfItemType.Boolean => $"{reader.GetBoolean()}",
        SfItemType.Date => $"{reader.GetDate()}",
        SfItemType.ByteSequence => BitConverter.ToString(reader.GetBytes()),
        _ => reader.GetText(),
    };

    private static SfReader ReadItem(string text)
    {
        var reader = new SfReader(text, SfFieldType.Item);
        Assert.True(reader.Read());
        return reader;
    }

    private static bool IsMalformed(string text)
    {
        var reader = new SfReader(text, SfFieldType.Item);
        while (reader.Read())
        {
        }

        return reader.IsMalformed;
    }
}
