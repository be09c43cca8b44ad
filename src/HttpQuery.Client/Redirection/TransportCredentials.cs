using System.Net;
using HttpQuery.Http;

namespace HttpQuery.Redirection;

/// <summary>Finds credentials with which the transport would answer a challenge (401) of another origin.</summary>
/// <remarks>.NET's own redirects turn such credentials off. A handler above the transport cannot.</remarks>
internal static class TransportCredentials
{
    private static readonly string[] Schemes = ["Basic", "Digest", "NTLM", "Negotiate"];

    /// <summary>Tells whether the transport has credentials for a URI that the application did not name.</summary>
    public static bool CoverUnnamed(HttpMessageHandler? handler, Uri uri)
    {
        var credentials = Transport.Find(handler) switch
        {
            SocketsHttpHandler sockets => sockets.Credentials,
            HttpClientHandler client when !OperatingSystem.IsBrowser() => client.Credentials,
            _ => null,
        };

        // A CredentialCache has credentials only for URIs that the application added.
        return credentials is not (null or CredentialCache) && Schemes.Any(scheme => credentials.GetCredential(uri, scheme) is not null);
    }
}
