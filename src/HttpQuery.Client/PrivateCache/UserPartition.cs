using System.Security.Cryptography;
using System.Text;

namespace HttpQuery.PrivateCache;

/// <summary>Whom a request speaks for, as a digest: one HttpClient of a web application speaks for many.</summary>
internal static class UserPartition
{
    public static byte[] Of(HttpRequestMessage request, Func<HttpRequestMessage, string?>? partition)
    {
        var own = partition?.Invoke(request);
        var hasAuthorization = request.Headers.NonValidated.TryGetValues("Authorization", out var authorization);
        var hasCookie = request.Headers.NonValidated.TryGetValues("Cookie", out var cookie);
        if (own is null && !hasAuthorization && !hasCookie) return [];

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, own is null ? [] : [own]);
        Add(hash, hasAuthorization ? [.. authorization] : []);
        Add(hash, hasCookie ? [.. cookie] : []);
        return hash.GetHashAndReset();
    }

    // Counts and lengths go before what they count: nothing runs into anything else.
    private static void Add(IncrementalHash hash, string[] lines)
    {
        hash.AppendData(BitConverter.GetBytes(lines.Length));
        foreach (var line in lines)
        {
            var octets = Encoding.UTF8.GetBytes(line);
            hash.AppendData(BitConverter.GetBytes(octets.Length));
            hash.AppendData(octets);
        }
    }
}
