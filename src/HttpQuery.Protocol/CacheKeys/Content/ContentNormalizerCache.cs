using HttpQuery.CacheKeys.Headers;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.CacheKeys.Content;

/// <summary>The normalizers of one builder, each created at its first use.</summary>
internal sealed class ContentNormalizerCache(IQueryContentNormalizer[] normalizers) : IDisposable
{
    // 0 is none, then the built-in normalizers, then those of the application.
    private const int Json = 1;
    private const int SortedJson = 2;
    private const int FirstCustom = 3;

    private readonly ContentNormalizer?[] _normalizers = new ContentNormalizer?[FirstCustom + normalizers.Length];

    /// <summary>Returns the normalizer for content of a media type, or <see langword="null"/> when the exact bytes count.</summary>
    public ContentNormalizer? GetOrCreate(ContentTypeHeader contentType, QueryNormalizations claims)
    {
        var index = contentType.IsWellFormed ? FindCustom(contentType.Text) : 0;
        if (index == 0 && contentType.IsJson) index = FindJson(claims);
        return index == 0 ? null : _normalizers[index] ??= Create(index);
    }

    public void Dispose()
    {
        foreach (var normalizer in _normalizers) normalizer?.Dispose();
    }

    private int FindCustom(ReadOnlySpan<char> mediaType)
    {
        if (normalizers.Length == 0) return 0;
        var parsed = MediaType.Parse(mediaType);
        for (var place = 0; place < normalizers.Length; place++)
        {
            if (normalizers[place].AppliesTo(parsed)) return FirstCustom + place;
        }
        return 0;
    }

    private static int FindJson(QueryNormalizations claims) =>
        (claims & QueryNormalizations.JsonMemberOrder) != 0 ? SortedJson
        : (claims & QueryNormalizations.JsonSpelling) != 0 ? Json
        : 0;

    private ContentNormalizer Create(int index) => index switch
    {
        Json => new JsonNormalizer(),
        SortedJson => new SortedJsonNormalizer(),
        _ => new CustomNormalizer(normalizers[index - FirstCustom]),
    };
}
