using HttpQuery.Caching.Adapters;

namespace HttpQuery.Caching.Tests.Adapters;

/// <summary>The digest of a user: different parts never lead to the same one.</summary>
public sealed class IdentityDigestTests
{
    private delegate void Writing(in IdentityDigest digest);

    private static readonly Writing[] Users =
    [
        (in IdentityDigest digest) => { },
        (in IdentityDigest digest) => digest.Add(""),
        (in IdentityDigest digest) => Add(digest, "a", "bc"),
        (in IdentityDigest digest) => Add(digest, "ab", "c"),
        (in IdentityDigest digest) => Add(digest, "abc", ""),
        (in IdentityDigest digest) => Add(digest, "abc", null),
        (in IdentityDigest digest) => Add(digest, null, "abc"),
        (in IdentityDigest digest) => digest.Add("abc"),
        (in IdentityDigest digest) => digest.Add("\uD800"),
        (in IdentityDigest digest) => digest.Add("\uDC00"),
        (in IdentityDigest digest) => digest.Add("\uFFFD"),
        (in IdentityDigest digest) => digest.Add("a", default(StringValues)),
        (in IdentityDigest digest) => digest.Add("a", ""),
        (in IdentityDigest digest) => digest.Add("a", new StringValues(["b", "c"])),
        (in IdentityDigest digest) => digest.Add("a", "b,c"),
        (in IdentityDigest digest) => digest.Add([0x61, 0x00]),
    ];

    [Fact]
    public void Different_parts_have_different_digests()
    {
        var digests = Users.Select(Of).ToArray();
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void Equal_parts_have_the_same_digest() => Assert.Equal(Users.Select(Of), Users.Select(Of));

    private static void Add(in IdentityDigest digest, string? first, string? second)
    {
        digest.Add(first);
        digest.Add(second);
    }

    private static string Of(Writing write)
    {
        using var digest = new IdentityDigest();
        write(digest);
        return Convert.ToHexString(digest.Complete());
    }
}
