using System.Runtime.Loader;
using System.Security.Cryptography;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>The key as a value: 32 octets, and their text.</summary>
public class QueryCacheKeyTests
{
    private const string Text = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef0";

    [Fact]
    public void A_key_is_written_and_read_as_hexadecimal()
    {
        Assert.True(QueryCacheKey.TryParse(Text.ToUpperInvariant(), out var key));
        Assert.Equal(Text, key.ToString());
        Assert.Equal(Text, $"{key}");

        var octets = new byte[QueryCacheKey.Length];
        key.CopyTo(octets);
        Assert.Equal(Convert.FromHexString(Text), octets);
        Assert.Equal(key, new QueryCacheKey(octets));
        Assert.Equal(key.GetHashCode(), new QueryCacheKey(octets).GetHashCode());

        octets[31]++;
        Assert.NotEqual(key, new QueryCacheKey(octets));
    }

    [Fact]
    public void Keys_that_share_any_eight_octets_have_different_hash_codes()
    {
        for (var start = 0; start < QueryCacheKey.Length; start += 8)
        {
            var codes = new HashSet<int>();
            for (var i = 0; i < 4_096; i++)
            {
                var octets = SHA256.HashData(BitConverter.GetBytes(i));
                octets.AsSpan(start, 8).Clear();
                codes.Add(new QueryCacheKey(octets).GetHashCode());
            }
            Assert.InRange(codes.Count, 4_080, 4_096);
        }
    }

    [Fact]
    public void Each_process_has_hash_codes_of_its_own()
    {
        // A second copy of the assembly starts as in another process.
        var context = new AssemblyLoadContext("another process", isCollectible: true);
        var type = context.LoadFromAssemblyPath(typeof(QueryCacheKey).Assembly.Location).GetType(typeof(QueryCacheKey).FullName!)!;
        Assert.NotSame(typeof(QueryCacheKey), type);
        Assert.NotEqual(default(QueryCacheKey).GetHashCode(), Activator.CreateInstance(type)!.GetHashCode());
        context.Unload();
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddee")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeef0f0")]
    [InlineData("zz112233445566778899aabbccddeeff00112233445566778899aabbccddeef0")]
    public void Anything_else_is_no_key(string text) => Assert.False(QueryCacheKey.TryParse(text, out _));

    [Fact]
    public void A_wrong_number_of_octets_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new QueryCacheKey(new byte[31]));
        Assert.Throws<ArgumentException>(() => new QueryCacheKey(new byte[33]));
    }

    [Fact]
    public void A_short_destination_takes_nothing()
    {
        Assert.False(default(QueryCacheKey).TryFormat(new char[63], out var written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void A_star_in_vary_has_no_key() =>
        Assert.Throws<ArgumentException>(() => default(QueryCacheKey).Vary(KeyValuePair.Create<string, IEnumerable<string?>>("*", [])));
}
