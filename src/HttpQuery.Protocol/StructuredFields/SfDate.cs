using System.Globalization;

namespace HttpQuery.StructuredFields;

/// <summary>A Date: a time in whole seconds since 1970-01-01T00:00:00Z (RFC 9651 §3.3.7).</summary>
/// <remarks>A Date may be outside the years 1 to 9999, the range of <see cref="DateTimeOffset"/>.</remarks>
public readonly record struct SfDate
{
    /// <summary>Creates a Date from Unix time.</summary>
    /// <param name="unixTimeSeconds">Seconds, at most 15 digits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number has more than 15 digits.</exception>
    public SfDate(long unixTimeSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unixTimeSeconds, SfSyntax.MaximumInteger);
        ArgumentOutOfRangeException.ThrowIfLessThan(unixTimeSeconds, -SfSyntax.MaximumInteger);
        UnixTimeSeconds = unixTimeSeconds;
    }

    /// <summary>Creates a Date from a time. Fractions of a second are rounded down.</summary>
    public SfDate(DateTimeOffset time)
        : this(time.ToUnixTimeSeconds())
    {
    }

    /// <summary>Seconds since 1970-01-01T00:00:00Z.</summary>
    public long UnixTimeSeconds { get; }

    /// <summary>Converts to a time in UTC.</summary>
    /// <returns><see langword="false"/> when the Date is outside the years 1 to 9999.</returns>
    public bool TryGetTime(out DateTimeOffset time)
    {
        var fits = UnixTimeSeconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
            && UnixTimeSeconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        time = fits ? DateTimeOffset.FromUnixTimeSeconds(UnixTimeSeconds) : default;
        return fits;
    }

    /// <summary>The Date as in a header: <c>@1659578233</c> (RFC 9651 §4.1.10).</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"@{UnixTimeSeconds}");
}
