using HttpQuery.CacheKeys.Headers;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.CacheKeys.Content;

/// <summary>The normalizations of one builder, each made when it is first needed.</summary>
internal sealed class ContentNormalizerCache(IQueryContentNormalizer[] normalizers) : IDisposable
{
    // 0 is none, then those built in, then the application's own.
    private const int Json = 1;
    private const int SortedJson = 2;
    private const int FirstCustom = 3;

    private readonly ContentNormalizer?[] _normalizations = new ContentNormalizer?[FirstCustom + normalizers.Length];

    /// <summary>Finds the normalization for content of a media type; <see langword="null"/> where the octets count as they are.</summary>
    public ContentNormalizer? GetOrCreate(ContentTypeHeader contentType, QueryNormalizations claims)
    {
        var index = contentType.IsWellFormed ? FindCustom(contentType.Text) : 0;
        if (index == 0 && contentType.IsJson) index = FindJson(claims);
        return index == 0 ? null : _normalizations[index] ??= Create(index);
    }

    public void Dispose()
    {
        foreach (var normalization in _normalizations) normalization?.Dispose();
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
