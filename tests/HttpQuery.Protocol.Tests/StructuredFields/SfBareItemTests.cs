using System.Globalization;
using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.3, §4.1.4 to §4.1.11: the values of bare items and how they are written.</summary>
public class SfBareItemTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1, "-1")]
    [InlineData(999_999_999_999_999, "999999999999999")]
    [InlineData(-999_999_999_999_999, "-999999999999999")]
    public void An_Integer_has_up_to_15_digits(long value, string text)
    {
        var item = new SfBareItem(value);
        Assert.Equal((SfItemType.Integer, value, text), (item.Type, item.AsInteger(), item.ToString()));
    }

    [Theory]
    [InlineData(1_000_000_000_000_000)]
    [InlineData(-1_000_000_000_000_000)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_longer_Integer_is_refused(long value) => Assert.Throws<ArgumentOutOfRangeException>(() => new SfBareItem(value));

    [Theory]
    [InlineData("0", "0.0")]
    [InlineData("1", "1.0")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("1.10", "1.1")]
    [InlineData("1.01", "1.01")]
    [InlineData("1.001", "1.001")]
    [InlineData("-0.0004", "0.0")]
    [InlineData("0.0005", "0.0")]
    [InlineData("0.0015", "0.002")]
    [InlineData("0.0025", "0.002")]
    [InlineData("-0.0015", "-0.002")]
    [InlineData("9.9995", "10.0")]
    [InlineData("999999999999.999", "999999999999.999")]
    [InlineData("-999999999999.999", "-999999999999.999")]
    [InlineData("999999999999.9994", "999999999999.999")]
    public void A_Decimal_is_rounded_to_the_thousandth_half_to_even(string value, string text)
    {
        var item = new SfBareItem(decimal.Parse(value, CultureInfo.InvariantCulture));
        Assert.Equal(SfItemType.Decimal, item.Type);
        Assert.Equal(text, item.ToString());
        Assert.Equal(decimal.Parse(text, CultureInfo.InvariantCulture), item.AsDecimal());
    }

    [Theory]
    [InlineData("1000000000000")]
    [InlineData("-1000000000000")]
    [InlineData("999999999999.9995")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    public void A_Decimal_of_13_digits_before_the_point_is_refused(string value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SfBareItem(decimal.Parse(value, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a b~", "\"a b~\"")]
    [InlineData("\"\\", "\"\\\"\\\\\"")]
    [InlineData("x\\y\"", "\"x\\\\y\\\"\"")]
    public void A_String_escapes_its_quotes_and_backslashes(string value, string text)
    {
        var item = new SfBareItem(value);
        Assert.Equal((SfItemType.String, value, text), (item.Type, item.AsString(), item.ToString()));
    }

    [Theory]
    [InlineData("\t")]
    [InlineData("\0")]
    [InlineData("\u007F")]
    [InlineData("ü")]
    public void A_String_of_other_characters_is_refused(string value) =>
        Assert.Contains("printable ASCII", Assert.Throws<ArgumentException>(() => new SfBareItem(value)).Message);

    [Fact]
    public void The_other_types_are_written_as_the_RFC_says()
    {
        Assert.Equal("a/b", new SfBareItem(new SfToken("a/b")).ToString());
        Assert.Equal("?1", new SfBareItem(true).ToString());
        Assert.Equal("?0", new SfBareItem(false).ToString());
        Assert.Equal("@-1", new SfBareItem(new SfDate(-1)).ToString());
        Assert.Equal("%\"f%c3%bc%22%25\"", new SfBareItem(new SfDisplayString("fü\"%")).ToString());
        Assert.Equal("::", new SfBareItem([]).ToString());
        Assert.Equal(":AQI=:", new SfBareItem([1, 2]).ToString());
    }

    [Fact]
    public void Octets_of_every_length_are_written_as_base64()
    {
        for (var length = 0; length < 300; length++)
        {
            byte[] octets = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
            var item = new SfBareItem(octets);
            Assert.Equal($":{Convert.ToBase64String(octets)}:", item.ToString());
            Assert.True(SfItem.TryParse(item.ToString(), out var again));
            Assert.Equal(octets, again.Value.AsByteSequence().ToArray());
        }
    }

    [Fact]
    public void Later_changes_of_the_octets_do_not_reach_it()
    {
        byte[] octets = [1, 2];
        var item = new SfBareItem(octets);
        octets[0] = 9;
        Assert.Equal([1, 2], item.AsByteSequence().ToArray());
    }

    [Fact]
    public void Values_of_different_types_are_never_equal()
    {
        SfBareItem[] items =
        [
            new(1), new(1m), new("1"), new(true), new(new SfDate(1)), new(new SfDisplayString("1")), new([1]),
            new("a"), new(new SfToken("a")), new(new SfDisplayString("a")),
        ];
        Assert.Equal(items.Length, items.Distinct().Count());
    }

    [Fact]
    public void Values_of_one_type_are_compared()
    {
        Assert.Equal(new SfBareItem([1, 2]), new SfBareItem([1, 2]));
        Assert.Equal(new SfBareItem([1, 2]).GetHashCode(), new SfBareItem([1, 2]).GetHashCode());
        Assert.NotEqual(new SfBareItem([1, 2]), new SfBareItem([1, 3]));
        Assert.Equal(new SfBareItem(1.50m), new SfBareItem(1.5m));
        Assert.NotEqual(new SfBareItem("a"), new SfBareItem("A"));
        Assert.Equal(new SfBareItem(0), default);
    }

    [Fact]
    public void The_value_of_another_type_is_refused()
    {
        var number = new SfBareItem(1);
        Assert.Contains("Integer, not String", Assert.Throws<InvalidOperationException>(() => number.AsString()).Message);
        Assert.Throws<InvalidOperationException>(() => number.AsDecimal());
        Assert.Throws<InvalidOperationException>(() => number.AsToken());
        Assert.Throws<InvalidOperationException>(() => number.AsByteSequence());
        Assert.Throws<InvalidOperationException>(() => number.AsBoolean());
        Assert.Throws<InvalidOperationException>(() => number.AsDate());
        Assert.Throws<InvalidOperationException>(() => number.AsDisplayString());
        Assert.Throws<InvalidOperationException>(() => new SfBareItem("1").AsInteger());
    }

    [Fact]
    public void The_culture_of_the_thread_does_not_count()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "~";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.Equal("-1", new SfBareItem(-1).ToString());
            Assert.Equal("-1.5", new SfBareItem(-1.5m).ToString());
            Assert.Equal("@-1", new SfDate(-1).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
