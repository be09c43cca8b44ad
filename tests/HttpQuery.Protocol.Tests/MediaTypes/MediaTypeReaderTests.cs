namespace HttpQuery.Protocol.Tests.MediaTypes;

/// <summary>RFC 9110 §8.3.1, §5.6.6: reading a media type from left to right.</summary>
public class MediaTypeReaderTests
{
    [Fact]
    public void Type_subtype_and_suffix_are_as_written()
    {
        var reader = new MediaTypeReader(" Application/Problem+JSON ");
        Assert.Equal("Application", reader.Type.ToString());
        Assert.Equal("Problem+JSON", reader.Subtype.ToString());
        Assert.Equal("JSON", reader.Suffix.ToString());
        Assert.False(reader.ReadParameter());
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("a/b", "")]
    [InlineData("a/b+", "")]
    [InlineData("a/+b", "b")]
    [InlineData("a/b+c+d", "d")]
    [InlineData("a+b/c", "")]
    public void The_suffix_follows_the_last_plus_of_the_subtype(string text, string suffix) =>
        Assert.Equal(suffix, new MediaTypeReader(text).Suffix.ToString());

    [Theory]
    [InlineData("a/b;x=1", "x=1>1")]
    [InlineData("a/b \t;\t x=1", "x=1>1")]
    [InlineData("a/b;X=1;x=2", "X=1>1|x=2>2")]
    [InlineData("a/b;;; x=1;;", "x=1>1")]
    [InlineData("a/b;", "")]
    [InlineData("a/b; ;", "")]
    [InlineData("a/b;x=\"\"", "x=\"\">")]
    [InlineData("a/b;x=\"1;2,\t3\" ;y=4", "x=\"1;2,\t3\">1;2,\t3|y=4>4")]
    [InlineData("a/b;x=\"\\\"\\\\\\a\"", "x=\"\\\"\\\\\\a\">\"\\a")]
    [InlineData("a/b;x=\"é\"", "x=\"é\">é")]
    public void Parameters_are_given_raw_and_unescaped(string text, string parameters)
    {
        var found = new List<string>();
        var reader = new MediaTypeReader(text);
        while (reader.ReadParameter())
            found.Add($"{reader.ParameterName}={reader.ParameterRawValue}>{reader.GetParameterValue()}");
        Assert.False(reader.IsMalformed);
        Assert.Equal(parameters, string.Join('|', found));
        Assert.True(reader.ParameterName.IsEmpty && reader.ParameterRawValue.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("/b")]
    [InlineData("a /b")]
    [InlineData("a/ b")]
    [InlineData("a/b/c")]
    [InlineData("a/b c")]
    [InlineData("a/b,c/d")]
    [InlineData("a/b, c/d")]
    [InlineData("a/b;x=1,c/d;x=1")]
    [InlineData("a/b;x=1, c/d")]
    [InlineData("a/b;,c/d")]
    [InlineData("a/b;x")]
    [InlineData("a/b;x=")]
    [InlineData("a/b;=1")]
    [InlineData("a/b;x =1")]
    [InlineData("a/b;x= 1")]
    [InlineData("a/b;x=1 y=2")]
    [InlineData("a/b;x=1/2")]
    [InlineData("a/b;x=\"1")]
    [InlineData("a/b;x=\"1\\\"")]
    [InlineData("a/b;x=\"1\\")]
    [InlineData("a/b;x=\"1\"2")]
    [InlineData("a/b;x=\"\0\"")]
    [InlineData("a/b;x=\"\\\n\"")]
    [InlineData("a/b;x=\"\r\n\"")]
    [InlineData("a/b;x=\"\u007F\"")]
    [InlineData("a/b;x=é")]
    [InlineData("a/b;é=1")]
    [InlineData("é/b")]
    [InlineData("a/b\n")]
    [InlineData("a/b;\u00A0x=1")]
    [InlineData("\"a/b\"")]
    [InlineData("a/b;\"x\"=1")]
    public void Other_text_is_malformed(string text)
    {
        Assert.False(MediaTypeReader.IsWellFormed(text));
        var reader = new MediaTypeReader(text);
        while (reader.ReadParameter())
        {
        }

        Assert.True(reader.IsMalformed);
        Assert.False(reader.ReadParameter());
    }

    [Theory]
    [InlineData("x=abc", "abc", true)]
    [InlineData("x=abc", "ABC", false)]
    [InlineData("x=abc", "ab", false)]
    [InlineData("x=abc", "abcd", false)]
    [InlineData("x=\"a\\\"c\"", "a\"c", true)]
    [InlineData("x=\"\"", "", true)]
    [InlineData("charset=UTF-8", "utf-8", true)]
    [InlineData("CharSet=\"utf-8\"", "UTF-8", true)]
    [InlineData("charset=utf-8", "utf-16", false)]
    [InlineData("charset=\"\u212A\"", "k", false)]
    public void Values_are_compared_unescaped_and_only_a_charset_without_case(string parameter, string value, bool expected)
    {
        var reader = new MediaTypeReader($"a/b;{parameter}");
        Assert.True(reader.ReadParameter());
        Assert.Equal(expected, reader.ParameterValueEquals(value));
    }

    [Fact]
    public void Names_are_compared_without_case()
    {
        var reader = new MediaTypeReader("a/b;Header=present");
        Assert.True(reader.ReadParameter());
        Assert.True(reader.ParameterNameEquals("hEADER"));
        Assert.False(reader.ParameterNameEquals("headers"));
    }

    [Fact]
    public void Copying_a_value_needs_room_for_all_of_it()
    {
        var reader = new MediaTypeReader("a/b;x=\"1\\\"2\"");
        Assert.True(reader.ReadParameter());
        var buffer = new char[3];
        Assert.True(reader.TryCopyParameterValue(buffer, out var written));
        Assert.Equal("1\"2", new(buffer, 0, written));
        Assert.False(reader.TryCopyParameterValue(buffer.AsSpan(1), out written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void MediaTypeReader_walks_a_media_type_without_allocating()
    {
        const string Text = "application/problem+json; charset=\"utf-8\"; x=\"a\\\"b\";; y=z";
        var buffer = new char[Text.Length];
        Assert.Equal(0, Allocation.Of(() =>
        {
            var reader = new MediaTypeReader(Text);
            while (reader.ReadParameter())
                if (reader.ParameterNameEquals("x") && !reader.ParameterValueEquals("c")) reader.TryCopyParameterValue(buffer, out _);
        }));
    }

    [Fact]
    public void A_hundred_thousand_parameters_are_read()
    {
        var text = "a/b" + Hostile.Repeat(100_000, _ => ";x=\"\\\"\"") + new string(';', 100_000);
        Assert.True(MediaTypeReader.IsWellFormed(text));
    }

    [Fact]
    public void A_quote_that_never_ends_is_refused() =>
        Assert.False(MediaTypeReader.IsWellFormed("a/b;x=\"" + new string('\\', 200_001)));

    [Fact]
    public void The_reader_and_the_value_agree() => RandomCases.AllHold(
        Gen.OneOf(
            TextGenerators.NearlyField,
            TextGenerators.NearlyField.Select(text => "a/b" + text),
            TextGenerators.Mutation(MediaTypeGenerators.MediaType.Select(mediaType => mediaType.ToString()))),
        text => Collect(text) == (MediaType.TryParse(text, out var mediaType) ? mediaType : null));

    private static MediaType? Collect(string text)
    {
        var parameters = new List<MediaTypeParameter>();
        var reader = new MediaTypeReader(text);
        while (reader.ReadParameter()) parameters.Add(new(reader.ParameterName.ToString(), reader.GetParameterValue()));
        return reader.IsMalformed ? null : new MediaType(reader.Type.ToString(), reader.Subtype.ToString(), parameters);
    }
}
