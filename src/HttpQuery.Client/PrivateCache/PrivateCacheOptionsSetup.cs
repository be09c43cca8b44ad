using HttpQuery.Configuration;
using Microsoft.Extensions.Configuration;

namespace HttpQuery.PrivateCache;

/// <summary>The sections <c>HttpQuery:PrivateCache</c> and <c>HttpQuery:PrivateCache:Clients:NAME</c>.</summary>
internal sealed class PrivateCacheOptionsSetup(IServiceProvider services)
    : ClientOptionsSetup<PrivateCacheOptions>(services, "HttpQuery:PrivateCache")
{
    protected override void Bind(IConfigurationSection section, PrivateCacheOptions options) => section.Bind(options);

    protected override IEnumerable<string> Validate(PrivateCacheOptions options, string prefix) => options.Validate(prefix);

    protected override IEnumerable<string> ValidateKeys(IConfigurationSection section, bool isForAll) =>
        ValidateKeysOf<PrivateCacheOptions>(section, isForAll ? [Clients] : []);
}
