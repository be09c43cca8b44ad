namespace HttpQuery.Caching.Tests.Rules;

/// <summary>The options, and what each refuses.</summary>
public class CacheRuleOptionsTests
{
    [Fact]
    public void The_defaults_are_those_that_are_written_down()
    {
        var options = new CacheRuleOptions();
        Assert.Equal((CacheMode.Private, true, 0.1), (options.Mode, options.AllowHeuristicFreshness, options.HeuristicFraction));
        Assert.Equal((TimeSpan.FromDays(1), null), (options.MaximumHeuristicLifetime, options.DefaultLifetime));
        Assert.Equal((TimeSpan.Zero, false), (options.MaximumStaleWhenDisconnected, options.ShareSetCookie));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_fraction_is_from_0_to_1(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheRuleOptions { HeuristicFraction = fraction });

    [Fact]
    public void No_time_is_negative()
    {
        var negative = TimeSpan.FromTicks(-1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheRuleOptions { MaximumHeuristicLifetime = negative });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheRuleOptions { DefaultLifetime = negative });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheRuleOptions { MaximumStaleWhenDisconnected = negative });
    }
}
