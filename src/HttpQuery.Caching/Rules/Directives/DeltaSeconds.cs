using System.Buffers;
using System.Globalization;

namespace HttpQuery.Caching.Rules;

/// <summary>delta-seconds: digits only; larger values become 2^31 (RFC 9111 §1.2.2).</summary>
internal static class DeltaSeconds
{
    public const long Maximum = 1L << 31;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = default;
        if (text.IsEmpty || text.ContainsAnyExcept(Digits)) return false;
        var fits = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        value = From(fits ? seconds : Maximum);
        return true;
    }

    public static TimeSpan From(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Maximum));
}
