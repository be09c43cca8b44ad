using HttpQuery.Configuration;
using Microsoft.Extensions.Configuration;

namespace HttpQuery;

/// <summary>The sections <c>HttpQuery:Client</c> and <c>HttpQuery:Client:Clients:NAME</c>.</summary>
internal sealed class HttpQueryClientOptionsSetup(IServiceProvider services)
    : ClientOptionsSetup<HttpQueryClientOptions>(services, "HttpQuery:Client")
{
    protected override void Bind(IConfigurationSection section, HttpQueryClientOptions options) => section.Bind(options);

    protected override IEnumerable<string> Validate(HttpQueryClientOptions options, string prefix) => options.Validate(prefix);

    // Each nested section has a line here.
    protected override IEnumerable<string> ValidateKeys(IConfigurationSection section, bool isForAll) =>
    [
        .. ValidateKeysOf<HttpQueryClientOptions>(section, isForAll ? [Clients] : []),
        .. ValidateKeysOf<QueryRedirectOptions>(section.GetSection(nameof(HttpQueryClientOptions.Redirects))),
    ];
}
