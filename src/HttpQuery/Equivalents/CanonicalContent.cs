using System.Buffers;
using HttpQuery.CacheKeys;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Equivalents;

/// <summary>Gives contents that share a key one spelling, so that the tokens that contain them are the same.</summary>
internal static class CanonicalContent
{
    /// <summary>Returns JSON as its key sees it; <see langword="null"/> if the content has no such form.</summary>
    /// <param name="content">Content whose key ignores differences.</param>
    /// <param name="normalizations">The differences that the key ignores.</param>
    public static ReadOnlyMemory<byte>? TryCreate(ReadOnlyMemory<byte> content, QueryNormalizations normalizations)
    {
        using ContentNormalizer normalizer =
            normalizations.HasFlag(QueryNormalizations.JsonMemberOrder) ? new SortedJsonNormalizer() : new JsonNormalizer();
        var output = new ArrayBufferWriter<byte>();
        normalizer.Start(output);

        // The first byte says how the content was normalized.
        return normalizer.Append(content.Span) && normalizer.Complete(out _) ? output.WrittenMemory[1..] : null;
    }
}
