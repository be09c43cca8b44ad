using HttpQuery.Http;

namespace HttpQuery.PrivateCache;

/// <summary>Reads the cookies that the transport at the end of a handler chain adds from its
/// <see cref="System.Net.CookieContainer"/>.</summary>
internal static class TransportCookies
{
    /// <summary>Returns the <c>Cookie</c> header that the transport would add, or <see langword="null"/> if it adds none.</summary>
    public static string? Get(HttpMessageHandler? handler, Uri uri)
    {
        var container = Transport.Find(handler) switch
        {
            SocketsHttpHandler { UseCookies: true } sockets => sockets.CookieContainer,
            HttpClientHandler client when !OperatingSystem.IsBrowser() && !OperatingSystem.IsWasi() && client.UseCookies =>
                client.CookieContainer,
            _ => null,
        };
        return container is { Count: > 0 } && container.GetCookieHeader(uri) is { Length: > 0 } cookies ? cookies : null;
    }
}
