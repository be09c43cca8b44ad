using HttpQuery.CacheKeys;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Endpoints;

/// <summary>Names the content codings that request decompression removes before the handler of a QUERY resource.</summary>
/// <remarks>Content whose coding was not removed never reaches such a handler: the request gets 415. The application's own decoder may
/// accept other content than the platform's, so this class makes no claim for it.</remarks>
internal static class RemovedCodings
{
    private static readonly (string Name, QueryNormalizations Claim)[] Known =
        [("gzip", QueryNormalizations.Gzip), ("deflate", QueryNormalizations.Deflate)];

    public static QueryNormalizations Get(IServiceProvider services)
    {
        var claims = QueryNormalizations.None;
        if (services.GetService<IRequestDecompressionProvider>() is not { } provider || !FrameworkCode.Declares(provider.GetType()))
            return claims;

        var decoders = services.GetRequiredService<IOptions<RequestDecompressionOptions>>().Value.DecompressionProviders;
        foreach (var (name, claim) in Known)
        {
            if (decoders.TryGetValue(name, out var decoder) && FrameworkCode.Declares(decoder.GetType())) claims |= claim;
        }
        return claims;
    }
}
