using HttpQuery.Caching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>The sections <c>HttpQuery:PrivateCache</c> and <c>HttpQuery:PrivateCache:Clients:NAME</c>.</summary>
public sealed class PrivateCacheOptionsSetupTests
{
    [Fact]
    public void A_client_has_the_settings_of_all_then_its_own_then_those_of_code()
    {
        using var provider = Build(
            services =>
            {
                services.AddHttpClient("one").AddQueryCache(options => options.MaximumCount = 3);
                services.AddHttpClient("two").AddQueryCache();
            },
            ("HttpQuery:PrivateCache:MaximumCount", "1"),
            ("HttpQuery:PrivateCache:StoreTimeout", "00:00:01"),
            ("HttpQuery:PrivateCache:CredentialHeaders:0", "X-Api-Key"),
            ("HttpQuery:PrivateCache:Clients:one:MaximumCount", "2"),
            ("HttpQuery:PrivateCache:Clients:one:MaximumSize", "1000"),
            ("HttpQuery:PrivateCache:Clients:two:MaximumCount", "2"));
        var options = provider.GetRequiredService<IOptionsMonitor<PrivateCacheOptions>>();
        provider.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal((3, 1000, 1), (options.Get("one").MaximumCount, options.Get("one").MaximumSize, options.Get("one").StoreTimeout.TotalSeconds));
        Assert.Equal((2, 67108864, 1), (options.Get("two").MaximumCount, options.Get("two").MaximumSize, options.Get("two").StoreTimeout.TotalSeconds));
        Assert.Equal(["Authorization", "X-Api-Key"], options.Get("one").CredentialHeaders);

        // The bound values reach the engine.
        Assert.Equal(TimeSpan.FromSeconds(1), provider.GetRequiredKeyedService<QueryCache>("two").Options.StoreTimeout);
    }

    [Theory]
    [InlineData("Maximumsze", "1", "HttpClient 'api': HttpQuery:PrivateCache:Maximumsze is not an option. The options are AddCacheStatus, AllowHeuristicFreshness, Clients, CollapseTimeout, ")]
    [InlineData("Clients:api:Maximumsze", "1", "HttpClient 'api': HttpQuery:PrivateCache:Clients:api:Maximumsze is not an option. The options are AddCacheStatus, ")]
    [InlineData("Partition", "1", "HttpQuery:PrivateCache:Partition is not an option.")]
    [InlineData("Normalizers:0", "1", "HttpQuery:PrivateCache:Normalizers is not an option.")]
    [InlineData("Clients:api:CredentialHeaders", "X-Api-Key", "HttpQuery:PrivateCache:Clients:api:CredentialHeaders is a list: write HttpQuery:PrivateCache:Clients:api:CredentialHeaders:0.")]
    [InlineData("MaximumSize", "0", "HttpClient 'api': HttpQuery:PrivateCache:Clients:api:MaximumSize must be positive, in bytes.")]
    [InlineData("Clients:api:StoreTimeout", "00:00:00", "HttpQuery:PrivateCache:Clients:api:StoreTimeout must be positive and at most a day.")]
    public async Task What_is_wrong_stops_the_host_at_start(string key, string value, string expected)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["HttpQuery:PrivateCache:" + key] = value;
        builder.Services.AddHttpClient("api").AddQueryCache();
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_of_all_clients_are_checked_at_start()
    {
        using var provider = Build(services => services.ConfigureHttpClientDefaults(client => client.AddQueryCache()), ("HttpQuery:PrivateCache:MaximumCount", "0"));
        var failure = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);
        Assert.Equal("HttpClient: HttpQuery:PrivateCache:MaximumCount must be positive.", failure.Message);
    }

    [Fact]
    public void Every_option_can_be_configured()
    {
        (string Key, string Value)[] settings =
        [
            ("Name", "edge"), ("AddCacheStatus", "true"), ("MaximumSize", "1000000"), ("MaximumCount", "7"), ("MaximumContentLength", "8"), ("MaximumResponseLength", "9"), ("MaximumPendingSize", "2000000"),
            ("MaximumMemoSize", "3000000"), ("MaximumRequestDuration", "00:00:06"),
            ("StoreTimeout", "00:00:01"), ("CollapseTimeout", "00:00:02"), ("FollowerTimeout", "00:00:03"), ("RevalidationTimeout", "00:00:04"), ("AllowHeuristicFreshness", "false"),
            ("MaximumStaleWhenDisconnected", "00:00:05"), ("CredentialHeaders:0", "X-Api-Key"), ("Normalizations", "JsonSpelling"),
        ];
        using var provider = Build(services => services.AddHttpClient("api").AddQueryCache(), [.. settings.Select(setting => ($"HttpQuery:PrivateCache:Clients:api:{setting.Key}", setting.Value))]);
        provider.GetRequiredService<IStartupValidator>().Validate();
        var cache = provider.GetRequiredKeyedService<QueryCache>("api").Options;

        Assert.Equal(("edge", true, 9, 2000000), (cache.Name, cache.AddCacheStatus, cache.MaximumResponseLength, cache.MaximumPendingSize));
        Assert.Equal(3000000, cache.MaximumMemoSize);
        Assert.Equal([1, 2, 3, 5, 6], new[] { cache.StoreTimeout, cache.CollapseTimeout, cache.FollowerTimeout, cache.Rules.MaximumStaleWhenDisconnected, cache.MaximumRequestDuration }.Select(time => (int)time.TotalSeconds));
        Assert.False(cache.Rules.AllowHeuristicFreshness);
        Assert.Equal(["Authorization", "X-Api-Key"], cache.Rules.CredentialHeaders);

        var names = typeof(PrivateCacheOptions).GetProperties().Select(property => property.Name).Where(name => name is not ("Normalizers" or "Partition"));
        Assert.Equal(names.Order(StringComparer.Ordinal), settings.Select(setting => setting.Key.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Defaults_differ_from_the_servers_in_three_options()
    {
        var options = new PrivateCacheOptions();
        Assert.Equal((null, false, true, TimeSpan.FromMilliseconds(50)), (options.Name, options.AddCacheStatus, options.AllowHeuristicFreshness, options.FollowerTimeout));
        Assert.Equal((100_000, 16 * 1024 * 1024, TimeSpan.FromSeconds(30)), (options.MaximumCount, options.MaximumResponseLength, options.RevalidationTimeout));
    }

    private static ServiceProvider Build(Action<IServiceCollection> add, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
        add(services);
        return services.BuildServiceProvider();
    }
}
