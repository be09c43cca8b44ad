using HttpQuery.Caching.Adapters;
using HttpQuery.Caching.Engine;

namespace HttpQuery.Caching.Tests.Adapters;

/// <summary>Headers of a request in the background (RFC 5861 §3).</summary>
public sealed class BackgroundRequestTests
{
    [Theory]
    [InlineData("Content-Length: 7", 7, "Content-Length: 7")]
    [InlineData("Transfer-Encoding: chunked", 7, "Content-Length: 7")]
    [InlineData("Accept: a/b", 7, "Accept: a/b|Content-Length: 7")]
    [InlineData("Content-Length: 0", 0, "Content-Length: 0")]
    [InlineData("Transfer-Encoding: chunked", 0, "Content-Length: 0")]
    [InlineData("Accept: a/b", 0, "Accept: a/b")]
    public void Content_is_sent_with_its_length_however_it_came(string line, int length, string expected) =>
        Assert.Equal(Sorted(["Cache-Control: max-age=0", .. expected.Split('|')]), HeadersOf(length, line));

    [Fact]
    public void Wishes_of_the_client_are_left_out() =>
        Assert.Equal(
            Sorted("Accept: a/b", "Cache-Control: max-age=0"),
            HeadersOf(0, "accept: a/b", "if-none-match: \"a\"", "If-Match: *", "If-Range: \"a\"", "range: bytes=0-1", "Pragma: no-cache", "Cache-Control: max-stale"));

    [Theory]
    [InlineData("Cache-Control: no-transform, max-stale")]
    [InlineData("cache-control: max-stale", "Cache-Control: No-Transform")]
    public void The_content_stays_untransformed(params string[] lines) => Assert.Equal(["CACHE-CONTROL: MAX-AGE=0, NO-TRANSFORM"], HeadersOf(0, lines));

    [Theory]
    [InlineData("HEAD", "GET")]
    [InlineData("GET", "GET")]
    [InlineData("QUERY", "QUERY")]
    public void HEAD_becomes_GET(string method, string expected) => Assert.Equal(expected, BackgroundRequest.GetMethod(method));

    [Fact]
    public void Content_is_a_copy()
    {
        byte[] content = [1, 2, 3];
        var request = new CacheRequest { Method = "QUERY", Scheme = "https", Authority = "a.test", Target = "/", Headers = Message.Headers(), Content = new(content) };
        var copy = BackgroundRequest.GetContent(request);
        content[0] = 9;
        Assert.Equal([1, 2, 3], copy);
    }

    private static string[] HeadersOf(int length, params string[] lines) =>
        Sorted([.. BackgroundRequest.GetHeaders(lines.Select(Message.Line), length).Select(header => $"{header.Key}: {header.Value}")]);

    private static string[] Sorted(params string[] lines) => [.. lines.Select(line => line.ToUpperInvariant()).Order(StringComparer.Ordinal)];
}
