using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Client.Tests;

/// <summary>The sections <c>HttpQuery:Client</c> and <c>HttpQuery:Client:Clients:NAME</c>.</summary>
public sealed class HttpQueryClientOptionsSetupTests
{
    [Fact]
    public void A_client_has_the_settings_of_all_then_its_own_then_those_of_code()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["HttpQuery:Client:MaximumReplayLength"] = "1",
            ["HttpQuery:Client:UseCache"] = "false",
            ["HttpQuery:Client:Redirects:MaximumCount"] = "1",
            ["HttpQuery:Client:Redirects:CredentialHeaders:0"] = "X-Api-Key",
            ["HttpQuery:Client:Clients:one:MaximumReplayLength"] = "2",
            ["HttpQuery:Client:Clients:one:Redirects:AllowContentToOtherOrigins"] = "true",
            ["HttpQuery:Client:Clients:two:UseRedirects"] = "false",
        }).Build());
        services.AddHttpClient("one").AddHttpQuery(options => options.Redirects.MaximumCount = 3);
        services.AddHttpClient("two").AddHttpQuery();
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        var (one, two) = (Get("one"), Get("two"));

        Assert.Equal((false, true, 2, 3, true), (one.UseCache, one.UseRedirects, one.MaximumReplayLength, one.Redirects.MaximumCount, one.Redirects.AllowContentToOtherOrigins));
        Assert.Equal((false, false, 1, 1, false), (two.UseCache, two.UseRedirects, two.MaximumReplayLength, two.Redirects.MaximumCount, two.Redirects.AllowContentToOtherOrigins));
        Assert.Equal(["Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key"], one.Redirects.CredentialHeaders);

        HttpQueryClientOptions Get(string name) => provider.GetRequiredService<IOptionsMonitor<HttpQueryClientOptions>>().Get(name);
    }

    [Theory]
    [InlineData("UseCahce", "false", "HttpClient 'api': HttpQuery:Client:UseCahce is not an option. The options are Clients, ")]
    [InlineData("Clients:api:UseCahce", "false", "HttpClient 'api': HttpQuery:Client:Clients:api:UseCahce is not an option.")]
    [InlineData("Redirects:MaximumCuont", "1", "HttpClient 'api': HttpQuery:Client:Redirects:MaximumCuont is not an option. The options are AllowContentToOtherOrigins, CredentialHeaders, MaximumCount.")]
    [InlineData("Clients:api:Redirects:MaximumCuont", "1", "HttpClient 'api': HttpQuery:Client:Clients:api:Redirects:MaximumCuont is not an option.")]
    [InlineData("Redirects:Clients:api:MaximumCount", "1", "HttpQuery:Client:Redirects:Clients is not an option.")]
    [InlineData("Redirects:CredentialHeaders", "X-Api-Key", "HttpQuery:Client:Redirects:CredentialHeaders is a list: write HttpQuery:Client:Redirects:CredentialHeaders:0.")]
    [InlineData("Redirects:CredentialHeaders:0", "X Api Key", "HttpQuery:Client:Clients:api:Redirects:CredentialHeaders must be names of headers, such as X-Api-Key.")]
    [InlineData("Redirects", "10", "HttpQuery:Client:Redirects is a section: write HttpQuery:Client:Redirects:OPTION.")]
    [InlineData("Clients:api:Redirects", "10", "HttpQuery:Client:Clients:api:Redirects is a section: write HttpQuery:Client:Clients:api:Redirects:OPTION.")]
    [InlineData("Clients:api", "10", "HttpQuery:Client:Clients:api is a section: write HttpQuery:Client:Clients:api:OPTION.")]
    [InlineData("Redirects:MaximumCount", "0", "HttpQuery:Client:Clients:api:Redirects:MaximumCount must be between 1 and 50.")]
    [InlineData("Redirects:MaximumCount", "51", "HttpQuery:Client:Clients:api:Redirects:MaximumCount must be between 1 and 50.")]
    [InlineData("Discovery:Lifetmie", "00:00:01", "HttpQuery:Client:Discovery:Lifetmie is not an option. The options are Lifetime, MaximumCount, MaximumValueLength.")]
    [InlineData("Clients:api:Fallback:Pahts:/x", "/y", "HttpQuery:Client:Clients:api:Fallback:Pahts is not an option.")]
    [InlineData("Fallback:CreateGetUri", "x", "HttpQuery:Client:Fallback:CreateGetUri is not an option.")]
    [InlineData("Fallback:Paths", "/pods", "HttpQuery:Client:Fallback:Paths is a section: write HttpQuery:Client:Fallback:Paths:PATH.")]
    [InlineData("Fallback:Paths:pods", "/pods", "HttpQuery:Client:Clients:api:Fallback:Paths: 'pods' and '/pods' must be paths")]
    [InlineData("UseFallback", "true", "HttpQuery:Client:Clients:api:Fallback:Paths is empty, so the fallback can send nothing.")]
    [InlineData("Location:AllowOtherOrigin", "true", "HttpQuery:Client:Location:AllowOtherOrigin is not an option.")]
    [InlineData("Location:MaximumCount", "0", "HttpQuery:Client:Clients:api:Location:MaximumCount must be positive.")]
    [InlineData("MaximumReplayLength", "-1", "HttpQuery:Client:Clients:api:MaximumReplayLength must be between 0 and 1073741824 bytes.")]
    public async Task What_is_wrong_stops_the_host_at_start(string key, string value, string expected)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["HttpQuery:Client:" + key] = value;
        builder.Services.AddHttpClient("api").AddHttpQuery();
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_value_in_place_of_the_section_of_the_cache_is_an_error_too()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["HttpQuery:PrivateCache"] = "on";
        builder.Services.AddHttpClient("api").AddHttpQuery();
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("HttpQuery:PrivateCache is a section: write HttpQuery:PrivateCache:OPTION.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_can_be_configured()
    {
        (string Key, string Value)[] settings =
        [
            ("UseCache", "false"), ("UseRedirects", "false"), ("MaximumReplayLength", "3"), ("Redirects:MaximumCount", "4"),
            ("Redirects:AllowContentToOtherOrigins", "true"), ("Redirects:CredentialHeaders:0", "X-Api-Key"),
            ("UseDiscovery", "false"), ("UseConnectionRetry", "false"), ("UseFallback", "true"), ("UseLocation", "true"),
            ("Discovery:Lifetime", "00:00:05"), ("Discovery:MaximumCount", "6"), ("Discovery:MaximumValueLength", "7"),
            ("Fallback:Paths:/Pods", "/Pods/_search"), ("Fallback:SendMethodOverride", "true"), ("Fallback:Intermediaries:0", "edge"),
            ("Fallback:Lifetime", "00:00:08"), ("Fallback:MaximumCount", "9"), ("Fallback:ProbeTimeout", "00:00:10"),
            ("Location:AllowOtherOrigins", "true"), ("Location:Lifetime", "00:00:11"), ("Location:MaximumCount", "12"), ("Location:CredentialHeaders:0", "X-Api-Key"),
        ];
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create("HttpQuery:Client:Clients:api:" + setting.Key, (string?)setting.Value))).Build());
        services.AddHttpClient("api").AddHttpQuery();
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        var options = provider.GetRequiredService<IOptionsMonitor<HttpQueryClientOptions>>().Get("api");

        Assert.Equal((false, false, 3), (options.UseCache, options.UseRedirects, options.MaximumReplayLength));
        Assert.Equal((4, true, 4), (options.Redirects.MaximumCount, options.Redirects.AllowContentToOtherOrigins, options.Redirects.CredentialHeaders.Count));
        Assert.Equal((false, false, true, true), (options.UseDiscovery, options.UseConnectionRetry, options.UseFallback, options.UseLocation));
        Assert.Equal((5, 6, 7), (options.Discovery.Lifetime.TotalSeconds, options.Discovery.MaximumCount, options.Discovery.MaximumValueLength));
        Assert.Equal(KeyValuePair.Create("/Pods", "/Pods/_search"), Assert.Single(options.Fallback.Paths));
        Assert.Equal(["CloudFront", "edge"], options.Fallback.Intermediaries);
        Assert.Equal((true, 8, 9, 10), (options.Fallback.SendMethodOverride, options.Fallback.Lifetime.TotalSeconds, options.Fallback.MaximumCount, options.Fallback.ProbeTimeout.TotalSeconds));
        Assert.Equal((true, 11, 12, 2), (options.Location.AllowOtherOrigins, options.Location.Lifetime.TotalSeconds, options.Location.MaximumCount, options.Location.CredentialHeaders.Count));
        string[] names =
        [
            .. typeof(HttpQueryClientOptions).GetProperties().Select(property => property.Name),
            .. typeof(QueryRedirectOptions).GetProperties().Select(property => "Redirects:" + property.Name),
            .. typeof(QueryDiscoveryOptions).GetProperties().Select(property => "Discovery:" + property.Name),
            .. typeof(QueryFallbackOptions).GetProperties().Select(property => "Fallback:" + property.Name),
            .. typeof(QueryLocationOptions).GetProperties().Select(property => "Location:" + property.Name),
        ];
        Assert.Equal(names.Except(["Redirects", "Discovery", "Fallback", "Location", "Fallback:CreateGetUri", "Location:Partition"]).Order(StringComparer.Ordinal), settings.Select(setting => setting.Key.Replace(":0", "", StringComparison.Ordinal).Replace(":/Pods", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(51)]
    public void A_handler_without_a_container_checks_its_options(int count)
    {
        var failure = Assert.Throws<ArgumentException>(() => new QueryRedirectHandler(new() { MaximumCount = count }));
        Assert.StartsWith("QueryRedirectOptions.MaximumCount must be between 1 and 50.", failure.Message, StringComparison.Ordinal);
    }
}
