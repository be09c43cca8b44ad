using Microsoft.Extensions.Options;

namespace HttpQuery;

/// <summary>Makes a header that the redirects or the switch to GET know as a credential one for the cache, too.</summary>
/// <remarks>Otherwise users whose requests differ only in that header would share stored responses.</remarks>
internal sealed class CredentialHeadersSetup(IOptionsMonitor<HttpQueryClientOptions> clients) : IPostConfigureOptions<PrivateCacheOptions>
{
    public void PostConfigure(string? name, PrivateCacheOptions options)
    {
        HttpQueryClientOptions client;
        try
        {
            client = clients.Get(name ?? Options.DefaultName);
        }
        catch (OptionsValidationException)
        {
            // These options report their error themselves, at start and when the client is first used.
            return;
        }
        foreach (var header in client.Redirects.CredentialHeaders.Concat(client.Location.CredentialHeaders))
        {
            if (!options.CredentialHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)) options.CredentialHeaders.Add(header);
        }
    }
}
