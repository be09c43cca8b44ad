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
        .. ValidateKeysOf<QueryDiscoveryOptions>(section.GetSection(nameof(HttpQueryClientOptions.Discovery))),
        .. ValidateKeysOf<QueryFallbackOptions>(section.GetSection(nameof(HttpQueryClientOptions.Fallback))),
        .. ValidatePaths(section.GetSection($"{nameof(HttpQueryClientOptions.Fallback)}:{nameof(QueryFallbackOptions.Paths)}")),
        .. ValidateKeysOf<QueryLocationOptions>(section.GetSection(nameof(HttpQueryClientOptions.Location))),
    ];

    // Each key of this section is a path.
    private static IEnumerable<string> ValidatePaths(IConfigurationSection paths) =>
        string.IsNullOrEmpty(paths.Value) ? [] : [$"{paths.Path} is a section: write {paths.Path}:PATH."];
}
