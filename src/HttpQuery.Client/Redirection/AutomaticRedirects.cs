using HttpQuery.Http;

namespace HttpQuery.Redirection;

/// <summary>Switches off the redirects of .NET's own handlers. They happen below the cache and send content to other origins.</summary>
internal static class AutomaticRedirects
{
    /// <summary>Switches automatic redirects off in the transport at the end of a handler chain. Other transports are accepted as they
    /// are.</summary>
    /// <exception cref="InvalidOperationException">The transport follows redirects and is already in use.</exception>
    public static void SwitchOff(HttpMessageHandler? handler)
    {
        var transport = Transport.Find(handler);
        try
        {
            if (transport is SocketsHttpHandler { AllowAutoRedirect: true } sockets) sockets.AllowAutoRedirect = false;
            else if (transport is HttpClientHandler { AllowAutoRedirect: true } client) client.AllowAutoRedirect = false;
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(
                $"The {transport!.GetType().Name} of this HttpClient follows redirects by itself and is already in use. HttpQuery follows "
                + "redirects above the cache, and never sends credentials to another origin. Set AllowAutoRedirect = false where the "
                + "handler is created, or turn HttpQueryClientOptions.UseRedirects off.",
                exception);
        }
    }
}
