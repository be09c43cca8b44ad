using System.Globalization;

namespace HttpQuery.Protocol.Tests.Conditions;

/// <summary>RFC 9110 §5.6.7: the dates of fields.</summary>
public class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Example = new(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    [InlineData("Sun Nov 06 08:49:37 1994")]
    [InlineData(" Sun, 06 Nov 1994 08:49:37 GMT\t")]
    public void The_three_forms_are_read(string text)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal((Example, TimeSpan.Zero), (date, date.Offset));
    }

    [Theory]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Wednesday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Fri Nov  6 08:49:37 1994")]
    public void The_name_of_the_day_need_not_be_that_of_the_date(string text)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(Example, date);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1994-11-06T08:49:37Z")]
    [InlineData("sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 anF 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 gmt")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("Sun, 06 Nov 1994 08:49:37")]
    [InlineData("Sun, 6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun,  6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun  06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994T08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08-49-37 GMT")]
    [InlineData("Xyz, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 199\u0664 08:49:37 GMT")]
    [InlineData("Sun, +6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sonntag, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sunday, 06 Nov 94 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-x4 08:49:37 GMT")]
    [InlineData("Sun Nov 6 08:49:37 1994")]
    [InlineData("Sun Nov  6 08:49:37 GMT ")]
    [InlineData("Sun Nov  6 08:49:37 199x")]
    [InlineData("Sun, Nov 6 08:49:37 1994")]
    public void Other_text_is_malformed(string text)
    {
        Assert.False(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(default, date);
    }

    [Theory]
    [InlineData("Sun, 31 Feb 1994 08:49:37 GMT")]
    [InlineData("Sun, 29 Feb 1900 08:49:37 GMT")]
    [InlineData("Sun, 00 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 31 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:00:00 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:61 GMT")]
    [InlineData("Sunday, 30-Feb-94 08:49:37 GMT")]
    [InlineData("Sun Feb 30 08:49:37 1994")]
    public void An_impossible_date_is_malformed(string text) => Assert.False(HttpDate.TryParse(text, Now, out _));

    [Theory]
    [InlineData("Sat, 31 Dec 2016 23:59:60 GMT")]
    [InlineData("Saturday, 31-Dec-16 23:59:60 GMT")]
    [InlineData("Sat Dec 31 23:59:60 2016")]
    public void A_leap_second_is_read_as_the_second_before(string text)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(new(2016, 12, 31, 23, 59, 59, TimeSpan.Zero), date);
    }

    [Theory]
    [InlineData("2026-07-01T12:00:00", "Wednesday, 01-Jul-76 12:00:00 GMT", 2076)]
    [InlineData("2026-07-01T12:00:00", "Wednesday, 01-Jul-76 12:00:01 GMT", 1976)]
    [InlineData("2026-07-01T12:00:00", "Wednesday, 02-Jul-76 11:00:00 GMT", 1976)]
    [InlineData("2026-07-01T12:00:00", "Wednesday, 01-Jul-26 12:00:00 GMT", 2026)]
    [InlineData("2026-07-01T12:00:00", "Wednesday, 01-Jul-00 12:00:00 GMT", 2000)]
    [InlineData("2026-07-01T12:00:00", "Wednesday, 01-Jul-99 12:00:00 GMT", 1999)]
    [InlineData("1999-12-31T23:59:59", "Saturday, 01-Jan-00 00:00:00 GMT", 2000)]
    [InlineData("2024-02-29T00:00:00", "Saturday, 28-Feb-74 00:00:00 GMT", 2074)]
    public void A_year_of_two_digits_is_not_more_than_fifty_years_ahead(string now, string text, int year)
    {
        var time = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.True(HttpDate.TryParse(text, time, out var date));
        Assert.Equal(year, date.Year);
    }

    [Fact]
    public void The_ends_of_the_calendar_are_no_obstacle()
    {
        Assert.False(HttpDate.TryParse("Saturday, 01-Jan-99 00:00:00 GMT", DateTimeOffset.MinValue, out _));
        Assert.True(HttpDate.TryParse("Saturday, 01-Jan-02 00:00:00 GMT", DateTimeOffset.MinValue, out _));
        Assert.True(HttpDate.TryParse("Saturday, 01-Jan-99 00:00:00 GMT", DateTimeOffset.MaxValue, out _));
        Assert.False(HttpDate.TryParse("Saturday, 01-Jan-00 00:00:00 GMT", DateTimeOffset.MaxValue, out _));
    }

    [Fact]
    public void A_date_is_written_in_gmt() =>
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.Format(Example.AddMilliseconds(999).ToOffset(TimeSpan.FromHours(-5))));

    [Fact]
    public void HttpDate_reads_every_form_without_allocating()
    {
        foreach (var text in (string[])["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "x"])
            Assert.Equal(0, Allocation.Of(() => HttpDate.TryParse(text, Now, out _)));
    }

    [Fact]
    public void What_is_written_is_read_again_in_every_form() => RandomCases.AllHold(
        from date in Dates
        from years in Gen.Choose(-49, 49)
        select (date, Now: date.AddYears(years)),
        random => IsRead(HttpDate.Format(random.date), random.Now, random.date)
            && IsRead(Text(random.date, "dddd, dd-MMM-yy HH:mm:ss 'GMT'"), random.Now, random.date)
            && IsRead(Text(random.date, $"ddd MMM {random.date.Day,2} HH:mm:ss yyyy"), random.Now, random.date)
            && DateTimeOffset.ParseExact(HttpDate.Format(random.date), "r", CultureInfo.InvariantCulture) == random.date);

    [Fact]
    public void What_the_platform_reads_is_read_alike() => RandomCases.AllHold(
        TextGenerators.Mutation(TextGenerators.Mutation(Dates.Select(HttpDate.Format))),
        text => !DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || HttpDate.Format(date) != text
            || IsRead(text, Now, date));

    [Fact]
    public void Any_text_is_answered() => RandomCases.AllHold(
        from text in Gen.OneOf(
            TextGenerators.NearlyField,
            TextGenerators.Text("Sun, 0123456789NovMar:-GMTday ", 24, 33),
            TextGenerators.Mutation(Gen.Elements("Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994")))
        from now in Gen.Elements(Now, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)
        select (text, now),
        random => HttpDate.TryParse(random.text, random.now, out var date) || date == default);

    private static Gen<DateTimeOffset> Dates =>
        from day in Gen.Choose(0, 150 * 365)
        from second in Gen.Choose(0, (24 * 60 * 60) - 1)
        select new DateTimeOffset(1930, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(day).AddSeconds(second);

    private static bool IsRead(string text, DateTimeOffset now, DateTimeOffset expected) =>
        HttpDate.TryParse(text, now, out var date) && date == expected;

    private static string Text(DateTimeOffset date, string format) => date.ToString(format, CultureInfo.InvariantCulture);
}
