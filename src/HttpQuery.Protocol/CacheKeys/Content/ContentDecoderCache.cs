using HttpQuery.CacheKeys.Codings;

namespace HttpQuery.CacheKeys.Content;

/// <summary>The content codings that can be removed.</summary>
internal enum Coding
{
    None,
    Gzip,
    Deflate,
}

/// <summary>The decoders of one builder, each created at its first use.</summary>
internal sealed class ContentDecoderCache : IDisposable
{
    private readonly ContentDecoder?[] _decoders = new ContentDecoder?[3];

    /// <summary>Returns the coding that a line names, or <see langword="null"/> when no claim covers it.</summary>
    public static Coding? GetCoding(ReadOnlySpan<byte> line, QueryNormalizations claims) =>
        (claims & QueryNormalizations.Gzip) != 0 && System.Text.Ascii.EqualsIgnoreCase(line, "gzip"u8) ? Coding.Gzip
        : (claims & QueryNormalizations.Deflate) != 0 && System.Text.Ascii.EqualsIgnoreCase(line, "deflate"u8) ? Coding.Deflate
        : null;

    public ContentDecoder GetOrCreate(Coding coding) => _decoders[(int)coding] ??= coding switch
    {
        Coding.Gzip => new GzipDecoder(),
        _ => new ZlibDecoder(),
    };

    public void Dispose()
    {
        foreach (var decoder in _decoders) decoder?.Dispose();
    }
}
