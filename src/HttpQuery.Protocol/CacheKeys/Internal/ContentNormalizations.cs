namespace HttpQuery.CacheKeys;

/// <summary>The normalizations of one builder, each made when it is first needed.</summary>
internal sealed class ContentNormalizations(QueryCacheKeyScheme scheme) : IDisposable
{
    // Places in the memo: 0 is none, then those built in, then the application's own.
    private const int Json = 1;
    private const int Form = 2;
    private const int FirstOwn = 3;

    private readonly ContentNormalization?[] _normalizations = new ContentNormalization?[FirstOwn + scheme.Normalizers.Length];

    /// <summary>Finds the normalization for content of a well-formed media type, and its number; 0 and none where the octets count as they are.</summary>
    public int Find(ReadOnlySpan<char> mediaType, out ContentNormalization? normalization)
    {
        var index = FindOwn(mediaType);
        if (index == 0) index = FindBuiltIn(mediaType);
        normalization = index == 0 ? null : _normalizations[index] ??= Create(index);
        return index;
    }

    public void Dispose()
    {
        foreach (var normalization in _normalizations) normalization?.Dispose();
    }

    private int FindOwn(ReadOnlySpan<char> mediaType)
    {
        if (scheme.Normalizers.Length == 0) return 0;
        var parsed = MediaType.Parse(mediaType);
        for (var place = 0; place < scheme.Normalizers.Length; place++)
        {
            if (scheme.Normalizers[place].AppliesTo(parsed)) return FirstOwn + place;
        }
        return 0;
    }

    private int FindBuiltIn(ReadOnlySpan<char> mediaType)
    {
        var reader = new MediaTypeReader(mediaType);
        var isApplication = reader.Type.Equals("application", StringComparison.OrdinalIgnoreCase);
        var index = isApplication && reader.Subtype.Equals("json", StringComparison.OrdinalIgnoreCase) ? Json
            : reader.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase) ? Json
            : isApplication && HasFormNormalization && reader.Subtype.Equals("x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? Form
            : 0;
        while (index != 0 && reader.ReadParameter())
        {
            if (reader.ParameterNameEquals("charset") && !reader.ParameterValueEquals("utf-8")) index = 0;
        }
        return index;
    }

    private bool HasFormNormalization => (scheme.Normalizations & (QueryNormalizations.FormEscapes | QueryNormalizations.FormPairOrder)) != 0;

    private ContentNormalization Create(int index) => index switch
    {
        Json when scheme.Normalizations.HasFlag(QueryNormalizations.JsonMemberOrder) => new SortedJsonNormalization(),
        Json => new JsonNormalization(),
        Form => new FormNormalization(
            scheme.Normalizations.HasFlag(QueryNormalizations.FormEscapes), scheme.Normalizations.HasFlag(QueryNormalizations.FormPairOrder)),
        _ => new OwnNormalization(scheme.Normalizers[index - FirstOwn]),
    };
}
