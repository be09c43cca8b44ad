using System.Diagnostics;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Fields made to be slow.</summary>
internal static class Hostile
{
    // Work that grows with the square of 100,000 takes far longer than this; work that grows evenly, a small part of it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Joins many parts, each made of its number.</summary>
    public static string Repeat(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));

    /// <summary>Runs <paramref name="action"/> and fails where it was slow.</summary>
    public static T IsFast<T>(Func<T> action)
    {
        var watch = Stopwatch.StartNew();
        var result = action();
        Assert.True(watch.Elapsed < Limit, $"Took {watch.Elapsed}, more than {Limit}.");
        return result;
    }
}
