using HttpQuery.Caching.Internal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.PrivateCache;

/// <summary>Binds the options of a client to its configuration sections, and checks both. An application without configuration has neither section.</summary>
internal sealed class PrivateCacheOptionsSetup(IServiceProvider services) : IConfigureNamedOptions<PrivateCacheOptions>, IValidateOptions<PrivateCacheOptions>
{
    private const string Section = "HttpQuery:PrivateCache", Clients = "Clients";

    private readonly IConfiguration? _configuration = services.GetService<IConfiguration>();

    public void Configure(PrivateCacheOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, PrivateCacheOptions options)
    {
        _configuration?.GetSection(Section).Bind(options);
        if (!string.IsNullOrEmpty(name)) _configuration?.GetSection(SectionOf(name)).Bind(options);
    }

    public ValidateOptionsResult Validate(string? name, PrivateCacheOptions options)
    {
        var section = string.IsNullOrEmpty(name) ? Section : SectionOf(name);
        var client = string.IsNullOrEmpty(name) ? "HttpClient" : $"HttpClient '{name}'";
        string[] failures = [.. options.Validate(section + ":"), .. ValidateKeys(Section, Clients), .. section == Section ? [] : ValidateKeys(section)];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures.Select(failure => $"{client}: {failure}"));
    }

    private static string SectionOf(string client) => $"{Section}:{Clients}:{client}";

    private IEnumerable<string> ValidateKeys(string section, params string[] others) => _configuration is null
        ? []
        : ConfigurationKeys.Validate<PrivateCacheOptions>(section, _configuration.GetSection(section).GetChildren().Select(key => KeyValuePair.Create(key.Key, key.Value)), others);
}
