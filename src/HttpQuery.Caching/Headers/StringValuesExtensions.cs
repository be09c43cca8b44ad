using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Headers;

/// <summary>Reads the lines of a header without copying them.</summary>
internal static class StringValuesExtensions
{
    /// <summary>The first line, or <see langword="null"/> if there is none.</summary>
    public static string? First(this StringValues lines) => lines.Count == 0 ? null : lines[0] ?? "";

    /// <summary>The lines as a span; <paramref name="single"/> is its memory if there is one line.</summary>
    public static ReadOnlySpan<string?> AsSpan(this StringValues lines, ref string? single)
    {
        if (lines.Count == 0) return [];
        if (lines.Count > 1) return (string?[]?)lines;
        single = lines[0];
        return new(ref single);
    }
}
