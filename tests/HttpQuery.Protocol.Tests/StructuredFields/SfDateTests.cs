using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.StructuredFields;

/// <summary>RFC 9651 §3.3.7: Dates.</summary>
public class SfDateTests
{
    [Fact]
    public void A_time_is_kept_to_the_second_towards_the_past()
    {
        var time = new DateTimeOffset(2022, 8, 4, 3, 57, 13, 900, TimeSpan.FromHours(2));
        Assert.Equal(1659578233, new SfDate(time).UnixTimeSeconds);
        Assert.Equal(-1, new SfDate(DateTimeOffset.UnixEpoch.AddMilliseconds(-1)).UnixTimeSeconds);
        Assert.Equal("@1659578233", new SfDate(time).ToString());
    }

    [Theory]
    [InlineData(-62_135_596_800, 1)]
    [InlineData(0, 1970)]
    [InlineData(253_402_300_799, 9999)]
    public void The_years_1_to_9999_are_times(long seconds, int year)
    {
        Assert.True(new SfDate(seconds).TryGetTime(out var time));
        Assert.Equal((year, TimeSpan.Zero), (time.Year, time.Offset));
    }

    [Theory]
    [InlineData(-62_135_596_801)]
    [InlineData(253_402_300_800)]
    [InlineData(999_999_999_999_999)]
    public void Other_years_are_dates_without_a_time(long seconds)
    {
        Assert.True(SfItem.TryParse($"@{seconds}", out var item));
        Assert.Equal(seconds, item.Value.AsDate().UnixTimeSeconds);
        Assert.False(item.Value.AsDate().TryGetTime(out var time));
        Assert.Equal(default, time);
    }

    [Theory]
    [InlineData(1_000_000_000_000_000)]
    [InlineData(-1_000_000_000_000_000)]
    public void More_than_15_digits_are_refused(long seconds) => Assert.Throws<ArgumentOutOfRangeException>(() => new SfDate(seconds));
}
