namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Text of a hundred thousand parts: what grows with the square of its length does not come to an end on it.</summary>
internal static class Hostile
{
    /// <summary>Joins many parts, each made of its number.</summary>
    public static string Repeat(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));
}
