using System.Diagnostics.CodeAnalysis;
using HttpQuery.Caching.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Configuration;

/// <summary>Binds the options of a client to a section for all clients, then to a section of its own, and validates both.</summary>
/// <remarks>An application without configuration has neither section.</remarks>
/// <typeparam name="TOptions">The options.</typeparam>
internal abstract class ClientOptionsSetup<TOptions> : IConfigureNamedOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class
{
    /// <summary>The name of the section that holds those of the clients.</summary>
    protected const string Clients = "Clients";

    private readonly string _section;
    private readonly IConfiguration? _configuration;

    /// <summary>Creates the setup.</summary>
    /// <param name="services">May contain the configuration.</param>
    /// <param name="section">The path of the section for all clients.</param>
    protected ClientOptionsSetup(IServiceProvider services, string section) =>
        (_section, _configuration) = (section, services.GetService<IConfiguration>());

    public void Configure(TOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, TOptions options)
    {
        if (_configuration is null) return;
        Bind(_configuration.GetSection(_section), options);
        if (!string.IsNullOrEmpty(name)) Bind(_configuration.GetSection(GetSectionName(name)), options);
    }

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var section = string.IsNullOrEmpty(name) ? _section : GetSectionName(name);
        var client = string.IsNullOrEmpty(name) ? "HttpClient" : $"HttpClient '{name}'";
        string[] failures =
        [
            .. Validate(options, section + ":"),
            .. _configuration is null ? [] : ValidateKeys(_configuration.GetSection(_section), isForAll: true),
            .. _configuration is null || section == _section
                ? []
                : ValidateKeys(_configuration.GetSection(section), isForAll: false),
        ];
        return failures.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(failures.Select(failure => $"{client}: {failure}"));
    }

    /// <summary>Binds a section. The derived class knows the type, so the code is generated.</summary>
    protected abstract void Bind(IConfigurationSection section, TOptions options);

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="options">The options.</param>
    /// <param name="prefix">The text before the name of an option: the section and a colon.</param>
    protected abstract IEnumerable<string> Validate(TOptions options, string prefix);

    /// <summary>Returns an error for each key of a section, and of the sections in it, that sets nothing.</summary>
    /// <param name="section">The section.</param>
    /// <param name="isForAll">Whether it is the section for all clients, which may have a section <see cref="Clients"/>.</param>
    protected abstract IEnumerable<string> ValidateKeys(IConfigurationSection section, bool isForAll);

    /// <summary>Returns an error for each key of one section that is not an option of <typeparamref name="T"/>.</summary>
    /// <param name="section">The section. One value in its place is an error, too.</param>
    /// <param name="others">Keys that are allowed although they are not options.</param>
    protected static IEnumerable<string> ValidateKeysOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IConfigurationSection section, params string[] others)
    {
        var keys = section.GetChildren().Select(key => KeyValuePair.Create(key.Key, key.Value));
        return ConfigurationKeys.Validate<T>(section.Path, section.Value, keys, others);
    }

    private string GetSectionName(string client) => $"{_section}:{Clients}:{client}";
}
