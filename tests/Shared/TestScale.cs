namespace HttpQuery.Tests.Shared;

/// <summary>How many cases a property test runs: few on a developer's machine, all of them in CI.</summary>
internal static class TestScale
{
    /// <summary>Whether <c>HTTPQUERY_TEST_SCALE=full</c> is set.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("HTTPQUERY_TEST_SCALE") is "full";

    /// <summary>Cases of a property test: 1,000, or 100,000 at full scale.</summary>
    public static int Cases => IsFull ? 100_000 : 1_000;
}
