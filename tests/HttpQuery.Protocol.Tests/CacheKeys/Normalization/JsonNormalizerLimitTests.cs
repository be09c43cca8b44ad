using System.Buffers;
using System.Text;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Protocol.Tests.CacheKeys.Normalization;

/// <summary>docs/cache-key.md, section 6.1: each limit at its edge and one beyond, and what is made to break them.</summary>
public sealed class JsonNormalizerLimitTests : IDisposable
{
    private readonly JsonNormalizer _json = new();
    private readonly SortedJsonNormalizer _sorted = new();

    public void Dispose()
    {
        _json.Dispose();
        _sorted.Dispose();
    }

    [Theory]
    [InlineData("[", "]", "")]
    [InlineData("{\"a\":", "}", "1")]
    [InlineData("[{\"a\":", "}]", "[]")]
    public void Arrays_and_objects_are_64_within_one_another_and_no_more(string open, string close, string innermost)
    {
        var levels = innermost is "[]" ? 63 / 2 : 64;
        var edge = Nested(levels) is var text && innermost is "[]" ? $"[{text}]" : text;
        Assert.Equal(edge, Normalized.Of(_json, edge)?.Text);
        Assert.Equal(edge, Normalized.Of(_sorted, edge)?.Text);
        Assert.Null(Normalized.Of(_json, $"[{edge}]"));
        Assert.Null(Normalized.Of(_sorted, $"[{edge}]"));

        string Nested(int levels) =>
            string.Concat(Enumerable.Repeat(open, levels)) + innermost + string.Concat(Enumerable.Repeat(close, levels));
    }

    [Fact]
    public void Arrays_side_by_side_are_not_within_one_another() =>
        Assert.NotNull(Normalized.Of(_json, $"[{string.Join(',', Enumerable.Repeat("[{}]", 1000))}]"));

    [Fact]
    public void An_object_has_65536_members_and_no_more()
    {
        Assert.NotNull(Normalized.Of(_json, Members(65_536)));
        Assert.NotNull(Normalized.Of(_json, $"[{Members(65_536)},{Members(65_536)}]"));
        Assert.NotNull(Normalized.Of(_sorted, Members(65_536)));
        Assert.Null(Normalized.Of(_json, Members(65_537)));
        Assert.Null(Normalized.Of(_sorted, Members(65_537)));
        Assert.NotNull(JsonOracle.Json(Encoding.UTF8.GetBytes(Members(65_536))));
        Assert.Null(JsonOracle.Json(Encoding.UTF8.GetBytes(Members(65_537))));

        static string Members(int count) => $"{{{string.Join(", ", Enumerable.Range(0, count).Select(i => $"\"{i}\":{i}"))}}}";
    }

    // A name of one character many times over, with how many octets that is.
    [Theory]
    [InlineData("a", 1)]
    [InlineData("é", 2)]
    [InlineData("\\u0061", 1)]
    [InlineData("\\u00e9", 2)]
    [InlineData("\\n", 1)]
    [InlineData("\\u0000", 1)]
    [InlineData("\\\"", 1)]
    [InlineData("\\\\", 1)]
    [InlineData("\\uD83D\\uDE00", 4)]
    public void Names_have_1048576_octets_with_escapes_resolved_and_no_more(string character, int octets)
    {
        var name = string.Concat(Enumerable.Repeat(character, (1_048_576 / octets) - 1));
        var rest = new string('x', octets);
        foreach (var lengths in new int[][] { [int.MaxValue], [4096], [70, 1] })
        {
            Assert.NotNull(Of($"{{\"{name}{rest}\":0}}"));
            Assert.Null(Of($"{{\"{name}{rest}x\":0}}"));
            Assert.Null(Of($"{{\"{name}{rest}\":0,\"x\":0}}"));

            Normalized? Of(string text) => Normalized.Of(_json, Encoding.UTF8.GetBytes(text), lengths);
        }
    }

    [Fact]
    public void Names_count_until_their_object_is_closed_and_each_time()
    {
        var half = new string('x', 524_288);
        AssertTaken(true, $"{{\"{half}\":{{\"{half}\":0}}}}");
        AssertTaken(false, $"{{\"{half}\":{{\"{half}\":{{\"a\":0}}}}}}");
        AssertTaken(false, $"{{\"{half}\":{{\"{half}\":0,\"a\":0}}}}");
        AssertTaken(true, $"{{\"{half}\":{{\"{half}\":{{\"\":0}}}},\"a\":0}}");
        AssertTaken(true, $"{{\"{half[1..]}\":{{\"{half}\":0}},\"a\":{{\"{half}\":0}}}}");
        AssertTaken(false, $"{{\"{half}\":{{\"{half}\":0}},\"a\":{{\"{half}\":0}}}}");
        AssertTaken(true, $"[{{\"{half}\":{{\"{half}\":0}}}},{{\"{half}\":{{\"{half}\":0}}}}]");

        void AssertTaken(bool isTaken, string text)
        {
            Assert.Equal(isTaken, Normalized.Of(_json, text) is not null);
            Assert.Equal(isTaken, JsonOracle.Json(Encoding.UTF8.GetBytes(text)) is not null);
        }
    }

    [Fact]
    public void Content_has_16777216_octets_before_normalization_and_no_more()
    {
        var content = new byte[16_777_217];
        content.AsSpan().Fill((byte)' ');
        content[16_777_215] = (byte)'1';
        foreach (var length in new[] { int.MaxValue, 1_000_003 })
        {
            Assert.Equal(new(1, "1"), Normalized.Of(_json, content.AsSpan(0, 16_777_216), length));
            Assert.Equal(new(2, "1"), Normalized.Of(_sorted, content.AsSpan(0, 16_777_216), length));
            Assert.Null(Normalized.Of(_json, content, length));
            Assert.Null(Normalized.Of(_sorted, content, length));
        }
    }

    [Fact]
    public void A_hundred_megabytes_of_open_arrays_are_refused_in_bounded_memory()
    {
        var piece = new byte[65_536];
        piece.AsSpan().Fill((byte)'[');
        AssertBounded(() =>
        {
            for (var i = 0; i < 1600; i++) Assert.False(_json.Append(piece));
            return false;
        });
    }

    [Theory]
    [InlineData("\"", "\\u0000", "\"")]
    [InlineData("[", "1234567890", "]")]
    [InlineData("[1.", "1234567890", "]")]
    [InlineData("[1e", "1234567890", "]")]
    [InlineData("\"", "\\\\", "\"")]
    [InlineData("[", "        ", "]")]
    [InlineData("[", "[],", "0]")]
    [InlineData("[", "{\"a\":{\"b\":0}},", "0]")]
    [InlineData("\"", "\\uD83D\\uDE00", "\"")]
    public void A_megabyte_of_one_thing_is_taken_in_bounded_memory(string before, string repeated, string after)
    {
        if (repeated.Trim().Length == 0) after = "1" + after;
        var part = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated, 1000)));
        AssertBounded(() =>
        {
            Assert.True(_json.Append(Encoding.UTF8.GetBytes(before)));
            for (var length = 0; length < 1_048_576; length += part.Length) Assert.True(_json.Append(part));
            Assert.True(_json.Append(Encoding.UTF8.GetBytes(after)));
            return true;
        });
    }

    [Fact]
    public void A_million_members_are_refused_in_bounded_memory()
    {
        var parts = Enumerable.Range(0, 1000).Select(i => Encoding.UTF8.GetBytes(Hostile.Repeat(1000, j => $"\"{i}.{j}\":0,"))).ToArray();
        AssertBounded(() =>
        {
            Assert.True(_json.Append("{"u8));
            var isTaken = true;
            foreach (var part in parts) isTaken = _json.Append(part);
            Assert.False(isTaken);
            return false;
        });
    }

    [Fact]
    public void Many_names_in_many_objects_are_taken()
    {
        // Of every name another one in every object, over all levels: as many as the limit allows.
        var names = string.Concat(Enumerable.Range(0, 4000).Select(i => $"\"{i:x3}\":0,"));
        var text = string.Concat(Enumerable.Range(0, 64).Select(_ => $"{{{names}\"next\":")) + "0" + new string('}', 64);
        Assert.True(Normalized.Of(_json, text) is not null);
        Assert.True(Normalized.Of(_sorted, text) is { Domain: 2 });
    }

    [Fact]
    public void Names_of_one_fingerprint_are_compared_whole()
    {
        // Alike in length and at both ends.
        var text = $"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"the same sixteen {i:d5} the same sixteen\":0"))}}}";
        Assert.True(Normalized.Of(_json, text) is not null);
        Assert.True(Normalized.Of(_sorted, text) is not null);
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(20_000)]
    public void JsonNormalization_normalizes_without_allocating(int size)
    {
        var member = "{ \"name\": \"alpha\\n\", \"a name that is longer than sixteen\": [ 1, -2.5e3, true, null, \"é\" ], \"kind\": {} }";
        var content = Encoding.UTF8.GetBytes($"[{string.Join(", ", Enumerable.Repeat(member, size / member.Length))}]");
        var output = new ArrayBufferWriter<byte>(4 * size + 65_536);
        var domain = (byte)0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            output.ResetWrittenCount();
            _json.Start(output);
            for (var i = 0; i < content.Length; i += 1500) _json.Append(content.AsSpan(i, Math.Min(1500, content.Length - i)));
            _json.Complete(out domain);
        }));
        Assert.Equal(1, domain);
        Assert.NotNull(Normalized.Of(_json, content));
    }

    // Pooled memory may be rented anew; what it has to hold is bounded by the names of one object.
    private void AssertBounded(Func<bool> append)
    {
        var output = new Nowhere();
        var isTaken = false;
        Assert.InRange(Allocation.Of(() =>
        {
            _json.Start(output);
            isTaken = append();
            Assert.Equal(isTaken, _json.Complete(out _));
        }), 0, 65_536);
    }

    // Forgets what is written.
    private sealed class Nowhere : IBufferWriter<byte>
    {
        private byte[] _buffer = new byte[16_384];

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            if (sizeHint > _buffer.Length) _buffer = new byte[sizeHint];
            return _buffer;
        }
    }
}
