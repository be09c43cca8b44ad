namespace HttpQuery.Tests.Shared;

/// <summary>What a test needs beside the SDK: absent, the test is skipped; in CI its absence is a failure.</summary>
internal static class Requirement
{
    /// <summary>Skips the running test with <paramref name="reason"/>, or fails it with <c>HTTPQUERY_REQUIRE_SERVICES=1</c>.</summary>
    public static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("HTTPQUERY_REQUIRE_SERVICES") is "1") Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
