using System.Globalization;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>Fields and stored responses from the text of their lines, about one moment.</summary>
internal static class Message
{
    /// <summary>When responses are received, in these tests.</summary>
    public static DateTimeOffset Received { get; } = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static CacheRuleOptions Private { get; } = new();

    public static CacheRuleOptions Shared { get; } = new() { Mode = CacheMode.Shared };

    public static DateTimeOffset At(double seconds) => Received.AddSeconds(seconds);

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>The date some seconds after the response is received, as a field has it.</summary>
    public static string Date(double seconds) => HttpDate.Format(At(seconds));

    /// <summary>Fields from lines such as <c>Age: 5</c>; <c>{+60}</c> stands for a date.</summary>
    public static HeaderCollection Headers(params string[] lines) => new(lines.Select(Line));

    public static KeyValuePair<string, StringValues> Line(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var value = line[(colon + 1)..].TrimStart(' ');
        if (value is ['{', .. var offset, '}']) value = Date(double.Parse(offset, CultureInfo.InvariantCulture));
        return new(line[..colon], value);
    }

    public static StoredResponse Stored(CacheRuleOptions options, params string[] lines) =>
        new(options, 200, Headers(lines), Received, Received);

    public static RequestDirectives Request(string? cacheControl) => RequestDirectives.Parse(cacheControl);
}
