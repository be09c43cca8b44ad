using HttpQuery.Caching.Engine;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>Scheme, authority and target as an origin receives them.</summary>
public sealed class TargetUriTests
{
    [Theory]
    [InlineData("http://user:word@EXAMPLE.com:80/a/../b?q#f", "example.com", "/b?q")]
    [InlineData("http://[FE80::1%25eth0]:8080/a", "[fe80::1]:8080", "/a")]
    [InlineData("http://[::1]", "[::1]", "/")]
    [InlineData("http://bücher.example:81/ü?ü", "xn--bcher-kva.example:81", "/%C3%BC?%C3%BC")]
    [InlineData("http://a.test./%7Ea%2Fb", "a.test.", "/~a%2Fb")]
    [InlineData("http://1.2.3.4:81/", "1.2.3.4:81", "/")]
    public void A_URI_is_read_as_it_is_sent(string uri, string authority, string target) => Assert.Equal(new("http", authority, target), TargetUri.FromUri(new(uri)));

    [Theory]
    [InlineData("/a?b", "/a?b")]
    [InlineData("//a/b", "//a/b")]
    [InlineData("http://a.test", "/")]
    [InlineData("http://a.test?b", "/?b")]
    [InlineData("http://a.test/b/../c", "/b/../c")]
    [InlineData("*", null)]
    [InlineData("a.test:80", null)]
    [InlineData("://a/b", null)]
    [InlineData(null, null)]
    public void A_target_in_absolute_form_is_brought_into_origin_form(string? target, string? expected) => Assert.Equal(expected, TargetUri.ToOriginForm(target));
}
