using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Protocol.Tests.CacheKeys.Normalization;

/// <summary>docs/cache-key.md, section 6.2: JSON with members in the order of their names, sentence by sentence. Its limits are those of
/// section 6.1 (<see cref="JsonNormalizerLimitTests"/>).</summary>
public sealed class SortedJsonNormalizerTests : IDisposable
{
    private readonly SortedJsonNormalizer _sorted = new();

    public void Dispose() => _sorted.Dispose();

    [Theory]
    [InlineData("{\"b\":1, \"a\":2}", "{\"a\":2,\"b\":1}")]
    [InlineData("{\"b\":{\"d\":1,\"c\":[{\"f\":2,\"e\":{}}]},\"a\":\"x\"}", "{\"a\":\"x\",\"b\":{\"c\":[{\"e\":{},\"f\":2}],\"d\":1}}")]
    [InlineData("[{\"a\":{\"y\":1,\"x\":2}},3]", "[{\"a\":{\"x\":2,\"y\":1}},3]")]
    [InlineData("{\"a\":{\"y\":1,\"x\":2},\"b\":{\"x\":1},\"c\":[]}", "{\"a\":{\"x\":2,\"y\":1},\"b\":{\"x\":1},\"c\":[]}")]
    [InlineData("{\"ab\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"ab\":1}")]
    [InlineData("{\"a\":1,\"_\":2,\"Z\":3}", "{\"Z\":3,\"_\":2,\"a\":1}")]
    [InlineData("{\"a\":\"}{\\\"b\\\":[,]\",\"A!\":\"\\\\\"}", "{\"A!\":\"\\\\\",\"a\":\"}{\\\"b\\\":[,]\"}")]
    [InlineData("[3,1,2]", "[3,1,2]")]
    [InlineData("{}", "{}")]
    [InlineData("1", "1")]
    [InlineData("\"b\"", "\"b\"")]
    public void Members_are_ordered_by_name_and_nothing_else_is(string text, string written) =>
        Assert.Equal(new(2, written), Normalized.Of(_sorted, text));

    [Theory]
    [InlineData("\\u0000", "\\u0001")]
    [InlineData("\\u001f", " ")]
    [InlineData("\\n", "\\u000b")]
    [InlineData("!", "\\\"")]
    [InlineData("\\\"", "#")]
    [InlineData("[", "\\\\")]
    [InlineData("\\\\", "]")]
    [InlineData("\\\"", "\\\\")]
    [InlineData("\\\\\\\\", "\\\\]")]
    [InlineData("\\\\\\\"", "\\\\\\\\")]
    [InlineData("\\u000f", "\\u0010")]
    [InlineData("x\\n", "x\\u000b")]
    [InlineData("x\\u001f\\u001e", "x\\u001f\\u001f")]
    [InlineData("\\\\u0001", "\\\\u0002")]
    [InlineData("\\u0061", "b")]
    [InlineData("a", "a\\u0000")]
    [InlineData("a\\\"", "a\\\"\\\"")]
    public void The_octets_of_names_are_those_with_escapes_resolved(string less, string more)
    {
        var written = Normalized.Of(_sorted, $"{{\"{less}\":1,\"{more}\":2}}");
        Assert.Equal((byte)2, written!.Domain);
        Assert.Equal(written, Normalized.Of(_sorted, $"{{\"{more}\":2,\"{less}\":1}}"));
        Assert.EndsWith(":2}", written.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"b\":1,\"a\":2,\"B\":3}")]
    [InlineData("[{\"y\":1,\"x\":2},{\"name\":1,\"NAME\":2}]")]
    [InlineData("{\"y\":{\"nAme\":1,\"zzz\":1,\"naMe\":2},\"x\":2}")]
    [InlineData("{\"b\\n\":1,\"a\":2,\"B\\n\":3}")]
    [InlineData("{\"B\":1,\"a\":2,\"b\":3}")]
    public void Names_that_differ_in_the_case_of_ascii_letters_alone_make_all_fall_back(string text) =>
        Assert.Equal(new(1, text.Replace("\\n", "\\u000a", StringComparison.Ordinal)), Normalized.Of(_sorted, text));

    [Theory]
    [InlineData("{\"[\":1,\"{\":2}")]
    [InlineData("{\"@\":1,\"`\":2}")]
    [InlineData("{\"\\n\":1,\"\\u001a\":2}")]
    [InlineData("{\"a\":{\"A\":1}}")]
    [InlineData("[{\"A\":1},{\"a\":1}]")]
    public void Other_names_do_not(string text) => Assert.Equal((byte)2, Normalized.Of(_sorted, text)!.Domain);

    [Theory]
    [InlineData("{\"b\":1,\"\u00E9\":2}")]
    [InlineData("{\"\u00E9\":1,\"a\":2}")]
    [InlineData("[{\"b\":1,\"a\":2},{\"x\":{\"b\":1,\"a\u007F\u0080\":2}}]")]
    [InlineData("{\"b\":{\"\U0001F600\":1,\"y\":0},\"a\":2}")]
    public void A_name_beyond_ascii_beside_others_makes_all_fall_back(string text) => Assert.Equal(text, Fallback(text));

    [Fact]
    public void So_does_one_that_was_escaped() => Assert.Equal("{\"b\":1,\"\u00E9\":2}", Fallback("{\"b\":1,\"\\u00e9\":2}"));

    [Theory]
    [InlineData("{\"\u00E9\":1}")]
    [InlineData("{\"a\":{\"\u00E9\":1},\"b\":\"\u00E9\"}")]
    public void A_name_beyond_ascii_alone_in_its_object_does_not(string text)
    {
        var sorted = Normalized.Of(_sorted, text)!;
        Assert.Equal((2, text), (sorted.Domain, sorted.Text));
    }

    [Theory]
    [InlineData("{\"b\":1,\"a\":2")]
    [InlineData("{\"b\":1,\"a\":2,\"b\":3}")]
    [InlineData("{\"b\":1,\"a\":\"\\uD83D\"}")]
    [InlineData("")]
    [InlineData("\uFEFF{}")]
    public void What_is_refused_as_json_is_refused(string text) => Assert.Null(Normalized.Of(_sorted, text));

    [Fact]
    public void Sixty_four_objects_within_one_another_are_all_ordered()
    {
        const int Depth = 64;
        var text = string.Concat(Enumerable.Range(0, Depth).Select(i => $"{{\"z\":{i},\"y\":")) + "0" + new string('}', Depth);
        var written = string.Concat(Enumerable.Repeat("{\"y\":", Depth)) + "0"
            + string.Concat(Enumerable.Range(0, Depth).Reverse().Select(i => $",\"z\":{i}}}"));
        Assert.Equal(new(2, written), Normalized.Of(_sorted, text));
    }

    [Fact]
    public void SortedJsonNormalization_normalizes_without_allocating()
    {
        var content = System.Text.Encoding.UTF8.GetBytes(
            $"[{string.Join(',', Enumerable.Repeat("{\"name\":\"x\",\"kind\":{\"z\":1,\"y\":[2],\"x\":{}}}", 200))}]");
        var output = new System.Buffers.ArrayBufferWriter<byte>(65_536);
        Assert.Equal(0, Allocation.Of(() =>
        {
            output.ResetWrittenCount();
            _sorted.Start(output);
            _sorted.Append(content);
            _sorted.Complete(out _);
        }));
    }

    private string? Fallback(string text) => Normalized.Of(_sorted, text) is { Domain: 1 } fallback ? fallback.Text : null;
}
