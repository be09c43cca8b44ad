using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KubeList.Lists;

/// <summary>Where the next page of a list begins, and in which snapshot; opaque to clients.</summary>
/// <remarks>Base64url of <c>{"v":"meta.k8s.io/v1","rv":7,"start":"ns/name\0","digest":"…"}</c>. The digest covers the query
/// and the other members, so that a token is refused with another query or after a change. It is no secret: a token gives
/// access to nothing that its query does not.</remarks>
/// <param name="Revision">The snapshot; <see cref="NewestState"/> goes on in the newest state.</param>
/// <param name="Start">The first key that the page may hold.</param>
internal sealed record ContinueToken(long Revision, string Start)
{
    public const long NewestState = -1;

    private const string Version = "meta.k8s.io/v1";
    private const int DigestLength = 16;

    /// <summary>The token that goes on after <paramref name="key"/>: nothing stands between a key and the same with a NUL.</summary>
    public static ContinueToken After(long revision, byte[] key) => new(revision, Encoding.UTF8.GetString(key) + '\0');

    /// <summary>The first key of the page as it is compared.</summary>
    public byte[] StartKey => Encoding.UTF8.GetBytes(Start);

    /// <summary>The token's text for the query that has <paramref name="queryDigest"/>.</summary>
    public string Encode(byte[] queryDigest) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(
        new Wire(Version, Revision, Start, Base64Url.EncodeToString(Digest(queryDigest))), ContinueTokenJson.Default.Wire));

    /// <summary>Reads a token that this server gave out for the query that has <paramref name="queryDigest"/>.</summary>
    public static bool TryParse(string text, byte[] queryDigest, [NotNullWhen(true)] out ContinueToken? token)
    {
        token = null;
        if (!Base64Url.IsValid(text)) return false;
        try
        {
            var wire = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text), ContinueTokenJson.Default.Wire);
            if (wire?.Start is not null) token = new(wire.Revision, wire.Start);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }

        // Written again it must be the same text; that refuses every change, those to its spelling included.
        if (token?.Encode(queryDigest) != text) token = null;
        return token is not null;
    }

    private byte[] Digest(byte[] queryDigest) =>
        SHA256.HashData([.. queryDigest, .. BitConverter.GetBytes(Revision), .. StartKey])[..DigestLength];

    internal sealed record Wire(
        [property: System.Text.Json.Serialization.JsonPropertyName("v")] string Version,
        [property: System.Text.Json.Serialization.JsonPropertyName("rv")] long Revision,
        [property: System.Text.Json.Serialization.JsonPropertyName("start")] string Start,
        [property: System.Text.Json.Serialization.JsonPropertyName("digest")] string Digest);
}
