using System.Buffers;
using System.Text;
using HttpQuery.CacheKeys;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>docs/cache-key.md, section 6.3: forms, sentence by sentence.</summary>
public sealed class FormNormalizationTests : IDisposable
{
    private readonly FormNormalization _escapes = new(escapes: true, order: false);
    private readonly FormNormalization _order = new(escapes: false, order: true);
    private readonly FormNormalization _both = new(escapes: true, order: true);

    private FormNormalization[] All => [_escapes, _order, _both];

    public void Dispose() => Array.ForEach(All, form => form.Dispose());

    [Theory]
    [InlineData("a=%41%62&%6E=1", "a=Ab&n=1")]
    [InlineData("a=%20+ ", "a=+++")]
    [InlineData("a=%2b%2B", "a=%2B%2B")]
    [InlineData("a=%c3%A9", "a=%C3%A9")]
    [InlineData("a=\u00E9", "a=%C3%A9")]
    [InlineData("%26=%3d&%25=%", null)]
    [InlineData("%26=%3d&%25", "%26=%3D&%25")]
    [InlineData("*-._=~!'()", "*-._=%7E%21%27%28%29")]
    [InlineData("a=/?;,:@\"", "a=%2F%3F%3B%2C%3A%40%22")]
    [InlineData("a=b=c=", "a=b%3Dc%3D")]
    [InlineData("a=1\r\n\0", "a=1%0D%0A%00")]
    [InlineData("%2541", "%2541")]
    public void Names_and_values_are_written_anew(string text, string? written) =>
        Assert.Equal(written is null ? null : new(3, written), Normalized.Of(_escapes, text));

    [Fact]
    public void Every_octet_is_written_one_way()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            var plain = octet < 0x80 && (char.IsAsciiLetterOrDigit((char)octet) || "*-._".Contains((char)octet, StringComparison.Ordinal));
            var expected = octet == ' ' ? "+" : plain ? $"{(char)octet}" : $"%{octet:X2}";
            Assert.Equal(new(3, expected), Normalized.Of(_escapes, $"%{octet:x2}"));
            Assert.Equal(new(3, expected), Normalized.Of(_escapes, $"%{octet:X2}"));
            if (octet is not ('%' or '&' or '=' or '+')) Assert.Equal(new(3, expected), Normalized.Of(_escapes, [(byte)octet]));
        }
    }

    [Theory]
    [InlineData("b=1&a=2", "a=2&b=1")]
    [InlineData("b=%7e&a=+%2b", "a=+%2b&b=%7e")]
    [InlineData("b&a=&a", "a=&a&b")]
    [InlineData("a=2&b=1&a=1", "a=2&a=1&b=1")]
    [InlineData("%62=1&a=2&%61=3&b=4", "a=2&%61=3&%62=1&b=4")]
    [InlineData("a+=1&a%20=2&a=3&a%00=4", "a=3&a%00=4&a+=1&a%20=2")]
    [InlineData("%ff=1&%7F=2&a=3", "a=3&%7F=2&%ff=1")]
    [InlineData("ab=1&a=2&=3&=4", "=3&=4&a=2&ab=1")]
    [InlineData("B=1&a=2&b=3", "B=1&a=2&b=3")]
    [InlineData("a%3D=1&a=2", "a=2&a%3D=1")]
    [InlineData("a=z&a=y&a=x", "a=z&a=y&a=x")]
    [InlineData("%41b=1&%41a=2&%4", null)]
    [InlineData("%41b=1&%41a=2", "%41a=2&%41b=1")]
    public void Pairs_are_ordered_by_name_as_they_are(string text, string? written) =>
        Assert.Equal(written is null ? null : new(4, written), Normalized.Of(_order, text));

    [Theory]
    [InlineData("b=1&%61=%7e", "a=%7E&b=1")]
    [InlineData("%62=1&b=2&a", "a&b=1&b=2")]
    [InlineData("+=1&%00=2&!=3", "%00=2&+=1&%21=3")]
    [InlineData("\u00E9=1&~=2&z=3", "z=3&%7E=2&%C3%A9=1")]
    public void Pairs_are_rewritten_and_ordered(string text, string written) => Assert.Equal(new(5, written), Normalized.Of(_both, text));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a=")]
    [InlineData("=")]
    [InlineData("=a")]
    [InlineData("&")]
    [InlineData("&&")]
    [InlineData("=&=")]
    public void Equals_signs_and_ampersands_are_written_where_they_stood(string text) =>
        Assert.All(All, form => Assert.Equal(text, Normalized.Of(form, text)?.Text));

    [Theory]
    [InlineData("a&", "&a")]
    [InlineData("a=1&&b", "&a=1&b")]
    public void Empty_pairs_are_ordered_too(string text, string written)
    {
        Assert.Equal(new(3, text), Normalized.Of(_escapes, text));
        Assert.Equal(new(4, written), Normalized.Of(_order, text));
        Assert.Equal(new(5, written), Normalized.Of(_both, text));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%4&b=1")]
    [InlineData("a=%4g")]
    [InlineData("a=%g4")]
    [InlineData("a=%%41")]
    [InlineData("a=%4%41")]
    [InlineData("%=1")]
    [InlineData("%u0041=1")]
    [InlineData("a=% 41")]
    public void An_escape_that_is_none_is_refused(string text) => Assert.All(All, form =>
    {
        Assert.Null(Normalized.Of(form, text));
        Assert.Null(Normalized.Of(form, Encoding.UTF8.GetBytes(text), 1));
        Assert.NotNull(Normalized.Of(form, "a"));
    });

    [Fact]
    public void Content_has_16777216_octets_and_no_more()
    {
        var content = new byte[16_777_217];
        content.AsSpan().Fill((byte)'a');
        Assert.All(All, form =>
        {
            Assert.NotNull(Normalized.Of(form, content.AsSpan(1), 1_000_003));
            Assert.Null(Normalized.Of(form, content, 1_000_003));
        });
    }

    [Fact]
    public void Many_pairs_are_ordered()
    {
        var text = Hostile.Repeat(100_000, i => $"the same start of every name {(i * 7919) % 100_000:d5}=1&");
        Assert.All(All, form => Assert.True(Normalized.Of(form, text) is not null));
        Assert.All(All, form => Assert.True(Normalized.Of(form, "b" + new string('&', 1_000_000)) is not null));
        Assert.All(All, form => Assert.True(Normalized.Of(form, string.Concat(Enumerable.Repeat("%61&a&", 100_000))) is not null));
    }

    [Fact]
    public void Nothing_asked_for_is_an_error() =>
        Assert.Throws<ArgumentException>(() => new FormNormalization(escapes: false, order: false));

    [Fact]
    public void FormNormalization_normalizes_without_allocating()
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("name=%41&kind=b+c&", 200)));
        var output = new ArrayBufferWriter<byte>(65_536);
        Assert.All(All, form => Assert.Equal(0, Allocation.Of(() =>
        {
            output.ResetWrittenCount();
            form.Start(output);
            form.Append(content);
            form.Complete(out _);
        })));
    }
}
