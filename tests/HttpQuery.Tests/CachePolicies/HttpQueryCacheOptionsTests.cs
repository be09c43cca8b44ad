using HttpQuery.CacheKeys;
using HttpQuery.Tests.SharedCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.Tests.CachePolicies;

/// <summary>Options of the shared cache: their edges, and the configuration section <c>HttpQuery:Cache</c>.</summary>
public sealed class HttpQueryCacheOptionsTests
{
    [Theory]
    [InlineData("Name", "caché")]
    [InlineData("Name", "")]
    [InlineData("MaximumSize", "0")]
    [InlineData("MaximumCount", "0")]
    [InlineData("MaximumContentLength", "-1")]
    [InlineData("MaximumContentLength", "1073741825")]
    [InlineData("MaximumResponseLength", "-1")]
    [InlineData("MaximumResponseLength", "1073741825")]
    [InlineData("StoreTimeout", "00:00:00")]
    [InlineData("StoreTimeout", "1.00:00:01")]
    [InlineData("MaximumPendingSize", "1048575")]
    [InlineData("MaximumMemoSize", "-1")]
    [InlineData("MaximumRequestDuration", "00:00:00")]
    [InlineData("FollowerTimeout", "-00:00:01")]
    [InlineData("CollapseTimeout", "-00:00:01")]
    [InlineData("RevalidationTimeout", "1.00:00:01")]
    [InlineData("RevalidationTimeout", "00:00:00")]
    [InlineData("Normalizations", "16")]
    [InlineData("CredentialHeaders:0", "X Api Key")]
    [InlineData("RoutingHeaders:0", "X:Host")]
    [InlineData("MaximumStaleWhenDisconnected", "-00:00:01")]
    public async Task An_option_that_cannot_be_is_an_error_at_start(string name, string value)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => CachedServer.StartAsync(build: builder => builder.Configuration[$"HttpQuery:Cache:{name}"] = value));
        Assert.Contains($"HttpQuery:Cache:{name.Split(':')[0]}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaximumSze", "1", "HttpQuery:Cache:MaximumSze is not an option. The options are AddCacheStatus, AllowHeuristicFreshness, CollapseTimeout, CredentialHeaders, ")]
    [InlineData("Policies:lists", "1", "HttpQuery:Cache:Policies is not an option.")]
    [InlineData("Normalizers:0", "x", "HttpQuery:Cache:Normalizers is not an option.")]
    [InlineData("CredentialHeaders", "X-Api-Key", "HttpQuery:Cache:CredentialHeaders is a list: write HttpQuery:Cache:CredentialHeaders:0.")]
    public async Task A_key_of_the_configuration_that_sets_nothing_is_an_error_at_start(string key, string value, string expected)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => CachedServer.StartAsync(build: builder => builder.Configuration[$"HttpQuery:Cache:{key}"] = value));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_in_place_of_the_section_is_an_error_at_start()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => CachedServer.StartAsync(build: builder => builder.Configuration["HttpQuery:Cache"] = "on"));
        Assert.Contains("HttpQuery:Cache is a section: write HttpQuery:Cache:OPTION.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_can_be_configured()
    {
        (string Key, string Value)[] settings =
        [
            ("Name", "edge"), ("addcachestatus", "true"), ("MaximumSize", "1000000"), ("MaximumCount", "7"), ("MaximumContentLength", "8"), ("MaximumResponseLength", "9"), ("MaximumPendingSize", "2000000"),
            ("MaximumMemoSize", "3000000"), ("MaximumRequestDuration", "00:00:06"),
            ("StoreTimeout", "00:00:01"), ("CollapseTimeout", "00:00:02"), ("FollowerTimeout", "00:00:03"), ("RevalidationTimeout", "00:00:04"), ("AllowHeuristicFreshness", "true"),
            ("MaximumStaleWhenDisconnected", "00:00:05"), ("CredentialHeaders:0", "X-Api-Key"), ("Normalizations", "JsonSpelling, Gzip"), ("ShareSetCookie", "true"), ("ShareOnMustRevalidate", "true"),
            ("RoutingHeaders:0", "X-Own"),
        ];
        HttpQueryCacheOptions? options = null;
        await using var server = await CachedServer.StartAsync(
            build: builder =>
            {
                foreach (var (key, value) in settings) builder.Configuration[$"HttpQuery:Cache:{key}"] = value;
            },
            before: app => options = app.Services.GetRequiredService<IOptions<HttpQueryCacheOptions>>().Value);

        Assert.Equal(("edge", true, 1000000, 7), (options!.Name, options.AddCacheStatus, options.MaximumSize, options.MaximumCount));
        Assert.Equal((3000000, TimeSpan.FromSeconds(6)), (options.MaximumMemoSize, options.MaximumRequestDuration));
        Assert.Equal((8, 9, 2000000), (options.MaximumContentLength, options.MaximumResponseLength, options.MaximumPendingSize));
        Assert.Equal([1, 2, 3, 4, 5], new[] { options.StoreTimeout, options.CollapseTimeout, options.FollowerTimeout, options.RevalidationTimeout, options.MaximumStaleWhenDisconnected }.Select(time => (int)time.TotalSeconds));
        Assert.Equal((true, true, true), (options.AllowHeuristicFreshness, options.ShareSetCookie, options.ShareOnMustRevalidate));
        Assert.Equal(["Authorization", "X-Api-Key"], options.CredentialHeaders);
        Assert.Contains("X-Own", options.RoutingHeaders);
        Assert.Equal(QueryNormalizations.JsonSpelling | QueryNormalizations.Gzip, options.Normalizations);
        Assert.StartsWith("edge; fwd", (await server.SendQueryAsync("/", "a"))["Cache-Status"], StringComparison.Ordinal);

        // Keys that configuration cannot set are not in the list above.
        var names = typeof(HttpQueryCacheOptions).GetProperties().Select(property => property.Name).Where(name => name is not "Normalizers");
        Assert.Equal(names.Order(StringComparer.OrdinalIgnoreCase), settings.Select(setting => setting.Key.Split(':')[0]).Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_AddCacheStatus_there_is_no_Cache_Status()
    {
        await using var server = await CachedServer.StartAsync(configure: options => options.AddCacheStatus = false);
        await server.QueryAsync("/rfcs", "a");
        var second = await server.SendQueryAsync("/rfcs", "a");
        Assert.Equal(("QUERY a #1", null), (second.ContentText, second["Cache-Status"]));
    }
}
