using HttpQuery.Caching.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.PrivateCache;

/// <summary>Binds the options of a client to its configuration sections, and validates both.</summary>
/// <remarks>An application without configuration has neither section.</remarks>
internal sealed class PrivateCacheOptionsSetup(IServiceProvider services)
    : IConfigureNamedOptions<PrivateCacheOptions>, IValidateOptions<PrivateCacheOptions>
{
    private const string Section = "HttpQuery:PrivateCache", Clients = "Clients";

    private readonly IConfiguration? _configuration = services.GetService<IConfiguration>();

    public void Configure(PrivateCacheOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, PrivateCacheOptions options)
    {
        _configuration?.GetSection(Section).Bind(options);
        if (!string.IsNullOrEmpty(name)) _configuration?.GetSection(GetSectionName(name)).Bind(options);
    }

    public ValidateOptionsResult Validate(string? name, PrivateCacheOptions options)
    {
        var section = string.IsNullOrEmpty(name) ? Section : GetSectionName(name);
        var client = string.IsNullOrEmpty(name) ? "HttpClient" : $"HttpClient '{name}'";
        string[] failures =
        [
            .. options.Validate(section + ":"),
            .. ValidateKeys(Section, Clients),
            .. section == Section ? [] : ValidateKeys(section),
        ];
        return failures.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(failures.Select(failure => $"{client}: {failure}"));
    }

    private static string GetSectionName(string client) => $"{Section}:{Clients}:{client}";

    private IEnumerable<string> ValidateKeys(string section, params string[] others)
    {
        if (_configuration is null) return [];
        var keys = _configuration.GetSection(section).GetChildren().Select(key => KeyValuePair.Create(key.Key, key.Value));
        return ConfigurationKeys.Validate<PrivateCacheOptions>(section, keys, others);
    }
}
