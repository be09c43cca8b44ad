using System.Globalization;
using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>Parses and formats the dates of HTTP headers, such as <c>Sun, 06 Nov 1994 08:49:37 GMT</c> (RFC 9110 §5.6.7).</summary>
public static class HttpDate
{
    private const int ImfLength = 29;
    private const int AsctimeLength = 24;
    private const int Rfc850LengthAfterDay = 24;
    private const int FurthestYears = 50;

    /// <summary>Parses one date in any of the three formats. Allocates nothing.</summary>
    /// <param name="text">A header value; spaces and tabs around it are ignored. A second of 60 is read as 59. The name of the day
    /// may contradict the date.</param>
    /// <param name="now">The current time. It sets the century of a two-digit year: the latest century that puts the date at most
    /// 50 years ahead.</param>
    /// <param name="date">The date in UTC, or the default when <paramref name="text"/> is malformed.</param>
    /// <returns><see langword="true"/> when all of <paramref name="text"/> is one date, and that day and time exist.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset now, out DateTimeOffset date)
    {
        text = text.Trim(HttpSyntax.Whitespace);
        return text.Length switch
        {
            ImfLength => TryParseImf(text, out date),
            AsctimeLength => TryParseAsctime(text, out date),
            _ => TryParseRfc850(text, now, out date),
        };
    }

    /// <summary>Formats the date as an IMF-fixdate, in GMT. Fractions of a second are cut off.</summary>
    public static string Format(DateTimeOffset date) => date.ToString("r", CultureInfo.InvariantCulture);

    // Sun, 06 Nov 1994 08:49:37 GMT
    private static bool TryParseImf(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        return IsDayName(text[..3]) && text[3..5] is ", " && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' && text[25..] is " GMT"
            && TryMake(Number(text[12..16]), Month(text[8..11]), Number(text[5..7]), SecondOfDay(text[17..25]), out date);
    }

    // Sun Nov  6 08:49:37 1994
    private static bool TryParseAsctime(ReadOnlySpan<char> text, out DateTimeOffset date)
    {
        date = default;
        var day = text[8] == ' ' ? text[9..10] : text[8..10];
        return IsDayName(text[..3]) && text[3] == ' ' && text[7] == ' ' && text[10] == ' ' && text[19] == ' '
            && TryMake(Number(text[20..]), Month(text[4..7]), Number(day), SecondOfDay(text[11..19]), out date);
    }

    // Sunday, 06-Nov-94 08:49:37 GMT
    private static bool TryParseRfc850(ReadOnlySpan<char> text, DateTimeOffset now, out DateTimeOffset date)
    {
        date = default;
        if (text.Length < Rfc850LengthAfterDay || !IsLongDayName(text[..^Rfc850LengthAfterDay])) return false;

        text = text[^Rfc850LengthAfterDay..];
        if (text[..2] is not ", " || text[4] != '-' || text[8] != '-' || text[11] != ' ' || text[20..] is not " GMT") return false;
        var (year, month, day, second) = (Number(text[9..11]), Month(text[5..8]), Number(text[2..4]), SecondOfDay(text[12..20]));
        if (year < 0) return false;

        // Compared by parts: arithmetic on dates fails at both ends of the calendar.
        var utc = now.UtcDateTime;
        var latest = (utc.Year + FurthestYears, utc.Month, utc.Day, (int)utc.TimeOfDay.TotalSeconds);
        year += utc.Year - (utc.Year % 100) + 100;
        while ((year, month, day, second).CompareTo(latest) > 0) year -= 100;
        return TryMake(year, month, day, second, out date);
    }

    // A malformed part is passed as a negative number, or as month 0.
    private static bool TryMake(int year, int month, int day, int second, out DateTimeOffset date)
    {
        date = default;
        if (year is < 1 or > 9999 || month < 1 || day < 1 || day > DateTime.DaysInMonth(year, month) || second < 0) return false;
        date = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).AddSeconds(second);
        return true;
    }

    private static int SecondOfDay(ReadOnlySpan<char> text)
    {
        if (text[2] != ':' || text[5] != ':') return -1;
        var (hour, minute, second) = (Number(text[..2]), Number(text[3..5]), Number(text[6..]));
        return hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and <= 60
            ? (((hour * 60) + minute) * 60) + Math.Min(second, 59)
            : -1;
    }

    private static int Number(ReadOnlySpan<char> text)
    {
        var number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return -1;
            number = (number * 10) + (c - '0');
        }

        return number;
    }

    private static int Month(ReadOnlySpan<char> text) =>
        "JanFebMarAprMayJunJulAugSepOctNovDec".AsSpan().IndexOf(text) is var place && place % 3 == 0 ? (place / 3) + 1 : 0;

    private static bool IsDayName(ReadOnlySpan<char> text) => text is "Mon" or "Tue" or "Wed" or "Thu" or "Fri" or "Sat" or "Sun";

    private static bool IsLongDayName(ReadOnlySpan<char> text) =>
        text is "Monday" or "Tuesday" or "Wednesday" or "Thursday" or "Friday" or "Saturday" or "Sunday";
}
