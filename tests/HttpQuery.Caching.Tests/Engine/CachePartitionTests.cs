using HttpQuery.Caching.Engine;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>The bytes of a partition (docs/cache-key.md §7).</summary>
public sealed class CachePartitionTests
{
    [Theory]
    [InlineData("culture", "de", "0000000763756C74757265000000026465")]
    [InlineData("a", "é€\U0001F600", "000000016100000009C3A9E282ACF09F9880")]
    public void Values_are_UTF_8(string name, string value, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(CachePartition.Create((name, value))));

    [Fact]
    public void Halves_of_surrogate_pairs_stay_apart()
    {
        Assert.Equal("000000016100000003EDA0BD", Convert.ToHexString(CachePartition.Create(("a", "\uD83D"))));
        Assert.Equal("00000001610000000C78EDB880F09F9880EDA0BD79", Convert.ToHexString(CachePartition.Create(("a", "x\uDE00\U0001F600\uD83Dy"))));
    }

    [Fact]
    public void Parts_do_not_run_into_one_another() => Assert.NotEqual(CachePartition.Create(("a", "bc")), CachePartition.Create(("ab", "c")));
}
