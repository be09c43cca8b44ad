using System.Text;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Protocol.Tests.CacheKeys.Normalization;

/// <summary>docs/cache-key.md, section 6.1: JSON, sentence by sentence.</summary>
public sealed class JsonNormalizerTests : IDisposable
{
    private readonly JsonNormalizer _json = new();

    public void Dispose() => _json.Dispose();

    [Theory]
    [InlineData(" { \"a\" : [ 1 , 2 ] } ", "{\"a\":[1,2]}")]
    [InlineData("\t{\r\n}\n", "{}")]
    [InlineData("[\n\n]", "[]")]
    [InlineData("  \"a b\"  ", "\"a b\"")]
    public void Nothing_is_written_between_tokens(string text, string written) => Assert.Equal(new(1, written), Normalized.Of(_json, text));

    [Theory]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData("1E+0")]
    [InlineData("-0")]
    [InlineData("0.10")]
    [InlineData("9007199254740993")]
    [InlineData("9007199254740992")]
    [InlineData("1e999999")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("null")]
    public void Numbers_and_literals_are_written_as_they_stand(string text) =>
        Assert.Equal(new(1, $"[{text}]"), Normalized.Of(_json, $"[ {text} ]"));

    [Theory]
    [InlineData("\"\\u0061\"", "\"a\"")]
    [InlineData("\"\\u00e9\\u00E9é\"", "\"ééé\"")]
    [InlineData("\"\\u20ac\"", "\"€\"")]
    [InlineData("\"\\uD83D\\ude00\"", "\"\U0001F600\"")]
    [InlineData("\"\\/\"", "\"/\"")]
    [InlineData("\"\\u002f\"", "\"/\"")]
    [InlineData("\"\\\"\\u0022\"", "\"\\\"\\\"\"")]
    [InlineData("\"\\\\\\u005C\"", "\"\\\\\\\\\"")]
    [InlineData("\"\\b\\f\\n\\r\\t\"", "\"\\u0008\\u000c\\u000a\\u000d\\u0009\"")]
    [InlineData("\"\\u001F\\u0000\"", "\"\\u001f\\u0000\"")]
    [InlineData("\"\\u007f\"", "\"\u007F\"")]
    [InlineData("\"\\uFEFF\"", "\"\uFEFF\"")]
    [InlineData("\"\\\\u0061\"", "\"\\\\u0061\"")]
    [InlineData("{\"\\u0061\\n\":0}", "{\"a\\u000a\":0}")]
    public void Strings_and_names_are_spelled_one_way(string text, string written) =>
        Assert.Equal(written, Normalized.Of(_json, text)?.Text);

    [Fact]
    public void Every_character_is_spelled_one_way()
    {
        for (var character = 0; character <= char.MaxValue; character++)
        {
            if (char.IsSurrogate((char)character)) continue;
            var escaped = Normalized.Of(_json, $"\"\\u{character:x4}\"");
            var written = character switch
            {
                < 0x20 => $"\\u{character:x4}",
                '"' or '\\' => $"\\{(char)character}",
                _ => $"{(char)character}",
            };
            Assert.Equal($"\"{written}\"", escaped?.Text);
            Assert.Equal(escaped, Normalized.Of(_json, $"\"\\u{character:X4}\""));
            Assert.Equal(escaped, Normalized.Of(_json, escaped!.Text));
        }
    }

    [Fact]
    public void Members_keep_their_order() => Assert.Equal(new(1, "{\"b\":1,\"a\":2}"), Normalized.Of(_json, "{\"b\":1, \"a\":2}"));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1,,2]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{,}")]
    [InlineData("[1 2]")]
    [InlineData("[\"a\" \"b\"]")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\"")]
    [InlineData("{1:2}")]
    [InlineData("{a:1}")]
    [InlineData("[1:2]")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("[}")]
    [InlineData("{]")]
    [InlineData("[]]")]
    [InlineData("1 1")]
    [InlineData("[] x")]
    [InlineData("//c\n1")]
    [InlineData("01")]
    [InlineData("-01")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData("-")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.e1")]
    [InlineData("0x1")]
    [InlineData("1-")]
    [InlineData("1/2")]
    [InlineData("NaN")]
    [InlineData("tru")]
    [InlineData("truex")]
    [InlineData("True")]
    [InlineData("nul l")]
    [InlineData("\"")]
    [InlineData("\"a")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\t\"")]
    [InlineData("\"\0\"")]
    [InlineData("\"\u001F\"")]
    [InlineData("\"\\a\"")]
    [InlineData("\"\\'\"")]
    [InlineData("\"\\U0061\"")]
    [InlineData("\"\\u006\"")]
    [InlineData("\"\\u006g\"")]
    [InlineData("\"\\u 061\"")]
    [InlineData("\"\\\"")]
    [InlineData("\\\"a\"")]
    [InlineData("[\\n]")]
    [InlineData("'a'")]
    [InlineData("[\u00A0]")]
    [InlineData("[\v]")]
    [InlineData("[\0]")]
    [InlineData("1\0")]
    [InlineData("\0")]
    public void Text_that_is_no_json_is_refused(string text) => Assert.Null(Normalized.Of(_json, text));

    [Theory]
    [InlineData("\\uD83D")]
    [InlineData("\\uDE00")]
    [InlineData("\\uDE00\\uD83D")]
    [InlineData("\\uD83D\\uD83D")]
    [InlineData("\\uD83D\\uD83D\\uDE00")]
    [InlineData("\\uD83Dx\\uDE00")]
    [InlineData("\\uD83D\\u0061")]
    [InlineData("\\uD83D\\n")]
    [InlineData("\\uD83D\\\"")]
    [InlineData("\\uD83D\\\\uDE00")]
    [InlineData("\\uD83D\\")]
    [InlineData("\\uD83D\\uDE0")]
    public void A_surrogate_without_its_other_half_is_refused_wherever_it_stands(string escapes)
    {
        for (var before = 0; before < 70; before++)
        {
            Assert.Null(Normalized.Of(_json, $"[{new string(' ', before)}\"{escapes}\"]"));
            Assert.Null(Normalized.Of(_json, $"[\"{new string('x', before)}{escapes}{new string('y', before)}\"]"));
            Assert.Null(Normalized.Of(_json, $"{{{new string(' ', before)}\"{escapes}\":0}}"));
        }
    }

    [Fact]
    public void Pairs_of_surrogates_are_written_wherever_they_stand()
    {
        for (var before = 0; before < 130; before++)
        {
            var text = new string('x', before);
            Assert.Equal($"\"{text}\U0001F600\\u000a\"", Normalized.Of(_json, $"\"{text}\\uD83D\\uDE00\\n\"")?.Text);
        }
    }

    [Theory]
    [InlineData("22 80 22")]
    [InlineData("22 C3 22")]
    [InlineData("22 C3")]
    [InlineData("22 C0 AF 22")]
    [InlineData("22 E2 82 22")]
    [InlineData("22 ED A0 80 22")]
    [InlineData("22 F4 90 80 80 22")]
    [InlineData("22 FF 22")]
    [InlineData("5B FF 5D")]
    [InlineData("FF FE 22 00 22 00")]
    [InlineData("00 22 00 22")]
    [InlineData("EF BB BF 7B 7D")]
    [InlineData("EF BB BF")]
    public void Content_that_is_no_utf_8_or_has_a_byte_order_mark_is_refused(string octets) =>
        Assert.Null(Normalized.Of(_json, Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void Sequences_of_utf_8_are_checked_wherever_they_stand()
    {
        foreach (var character in new[] { "é", "€", "\U0001F600" })
        {
            for (var before = 0; before < 70; before++)
            {
                var text = $"\"{new string('x', before)}{character}{new string('y', 64)}\"";
                var octets = Encoding.UTF8.GetBytes(text);
                Assert.Equal(text, Normalized.Of(_json, octets, 64)?.Text);
                octets[before + 2] = (byte)'z';
                Assert.Null(Normalized.Of(_json, octets, 64));
            }
        }
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":1,\"b\":2,\"\\u0061\":3}")]
    [InlineData("{\"\":1,\"\":2}")]
    [InlineData("{\"\\n\":1,\"\\u000A\":2}")]
    [InlineData("{\"\\u0022\":1,\"\\\"\":2}")]
    [InlineData("[{\"x\":{\"a\":1,\"b\":{\"a\":{}},\"a\":2}}]")]
    [InlineData("{\"a name of seventeen\":1,\"a name of seventeen\":2}")]
    public void A_name_that_comes_twice_is_refused(string text) => Assert.Null(Normalized.Of(_json, text));

    [Theory]
    [InlineData("{\"a\":{\"a\":{\"a\":1}}}")]
    [InlineData("[{\"a\":1},{\"a\":1}]")]
    [InlineData("{\"a\":1,\"A\":2}")]
    [InlineData("{\"a\":1,\"a \":2,\" a\":3,\"\":4}")]
    [InlineData("{\"b\":{\"a\":1},\"a\":{\"b\":1}}")]
    [InlineData("{\"a name of sixteen\":1,\"a name of sixteex\":2,\"b name of sixteen\":3}")]
    [InlineData("{\"the first sixteen, 1, and the last sixteen\":1,\"the first sixteen, 2, and the last sixteen\":2}")]
    [InlineData("{\"\\u0000\":1,\"\":2,\"\\u0000\\u0000\":3}")]
    public void Other_names_and_those_of_other_objects_are_not_the_same(string text) =>
        Assert.Equal(text, Normalized.Of(_json, text)?.Text);

    [Theory]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1023)]
    [InlineData(1025)]
    [InlineData(5000)]
    public void Among_many_members_too_a_name_comes_once(int count)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"name {i}\":{{\"name 0\":0}}"));
        Assert.NotNull(Normalized.Of(_json, $"{{{members}}}"));
        foreach (var repeated in new[] { 0, count / 2, count - 1 })
            Assert.Null(Normalized.Of(_json, $"{{{members},\"name {repeated}\":0}}"));
    }

    [Fact]
    public void A_refusal_does_not_outlive_its_content()
    {
        string[] refused =
            ["[\"\\uD83D", "{\"a\":{\"b\":1", "\"\\", "\"é", "tru", "{\"a", "[\"\\u12", $"{{{Hostile.Repeat(100, i => $"\"{i}\":0,")}"];
        foreach (var content in refused)
        {
            Assert.Null(Normalized.Of(_json, content));
            Assert.Equal("{\"a\":1}", Normalized.Of(_json, "{\"a\":1}")?.Text);
        }
    }

    [Fact]
    public void Once_refused_every_further_piece_is()
    {
        _json.Start(new System.Buffers.ArrayBufferWriter<byte>());
        Assert.False(_json.Append(Encoding.UTF8.GetBytes("]".PadRight(64))));
        Assert.False(_json.Append("{}"u8));
        Assert.False(_json.Append([]));
        Assert.False(_json.Complete(out _));
    }
}
