using System.Buffers;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>The cache of a named client, resolved by name: eviction, a registered store, its own normalizers.</summary>
public sealed class PrivateCacheRegistryTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_cache_of_a_client_evicts_by_URI_and_by_tag(bool byDefault)
    {
        var count = 0;
        await using var provider = Build(services =>
        {
            if (byDefault) services.ConfigureHttpClientDefaults(client => client.AddQueryCache());
            foreach (var name in new[] { "one", "two" })
            {
                var client = services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => Counting(() => ++count));
                if (!byDefault) client.AddQueryCache();
            }
        });
        Assert.Equal(["1", "2", "1", "2"], [await AskAsync("one"), await AskAsync("two"), await AskAsync("one"), await AskAsync("two")]);

        Assert.True(await provider.GetRequiredKeyedService<QueryCache>("one").EvictAsync(new("http://origin.test/"), Test));
        Assert.Equal(["3", "2"], [await AskAsync("one"), await AskAsync("two")]);

        await Assert.ThrowsAsync<TaskCanceledException>(async () => await provider.GetRequiredKeyedService<QueryCache>("one").EvictAsync(new("http://origin.test/"), new(true)));
        await Assert.ThrowsAsync<TaskCanceledException>(async () => await provider.GetRequiredKeyedService<QueryCache>("one").EvictByTagAsync("x", new(true)));
        Assert.Equal("3", await AskAsync("one"));
        Assert.Same(provider.GetRequiredKeyedService<QueryCache>("one"), provider.GetRequiredKeyedService<QueryCache>("one"));

        Task<string> AskAsync(string name) => AskOfAsync(provider, name);
    }

    [Fact]
    public async Task A_client_to_which_the_cache_was_added_twice_has_one()
    {
        var count = 0;
        await using var provider = Build(services =>
        {
            services.ConfigureHttpClientDefaults(client => client.AddQueryCache());
            services.AddHttpClient("one").AddQueryCache(options => options.AddCacheStatus = true).AddQueryCache().ConfigurePrimaryHttpMessageHandler(() => Counting(() => ++count));
        });
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("one");
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync(new Uri("http://origin.test/"), Test);
            Assert.StartsWith(i == 0 ? "one; fwd=uri-miss; fwd-status=200; stored; ttl=" : "one; hit; ttl=", Assert.Single(response.Headers.GetValues("Cache-Status")), StringComparison.Ordinal);
        }
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task A_store_with_the_key_of_the_client_is_used_and_clients_in_one_store_do_not_share()
    {
        var count = 0;
        var store = new MemoryCacheStore(1 << 20, 100);
        await using var provider = Build(services =>
        {
            foreach (var name in new[] { "one", "two" })
            {
                services.AddKeyedSingleton<IQueryCacheStore>(name, store);
                services.AddHttpClient(name).AddQueryCache().ConfigurePrimaryHttpMessageHandler(() => Counting(() => ++count));
            }
            services.AddHttpClient("three").AddQueryCache().ConfigurePrimaryHttpMessageHandler(() => Counting(() => ++count));
        });
        Assert.Equal("1", await AskOfAsync(provider, "three"));
        Assert.Equal(0, store.Count);
        Assert.Equal(["2", "3", "2", "3"], [await AskOfAsync(provider, "one"), await AskOfAsync(provider, "two"), await AskOfAsync(provider, "one"), await AskOfAsync(provider, "two")]);
        Assert.NotEqual(0, store.Count);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task A_normalizer_of_the_application_counts(bool isGiven, int expected)
    {
        var count = 0;
        await using var provider = Build(services => services.AddHttpClient("one")
            .AddQueryCache(options =>
            {
                if (isGiven) options.Normalizers.Add(new SqlCaseNormalizer());
            })
            .ConfigurePrimaryHttpMessageHandler(() => Counting(() => ++count)));
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("one");
        foreach (var sql in new[] { "select 1", "SELECT 1" })
        {
            await client.TextAsync(new(HttpMethod.Query, "http://origin.test/") { Content = Wire.Content("application/sql", sql) });
        }
        Assert.Equal(expected, count);
        await client.TextAsync(new(HttpMethod.Query, "http://origin.test/") { Content = Wire.Content("application/sql", "select 2") });
        Assert.Equal(expected + 1, count);
    }

    [Fact]
    public void Two_normalizers_of_one_name_are_refused()
    {
        var options = new PrivateCacheOptions { Normalizers = { new SqlCaseNormalizer(), new SqlCaseNormalizer() } };
        Assert.StartsWith("PrivateCacheOptions.Normalizers: Two normalizers have the same name.", Assert.Throws<ArgumentException>(() => new QueryCacheHandler(options)).Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Build(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        return services.BuildServiceProvider();
    }

    private static async Task<string> AskOfAsync(IServiceProvider provider, string name)
    {
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(name);
        return (await client.TextAsync(Cached.Get(new("http://origin.test/"))))[4..];
    }

    private static StubHandler Counting(Func<int> count) => new(request =>
        new() { RequestMessage = request, Content = new StringContent($"{count()}"), Headers = { { "Cache-Control", "max-age=60" } } });

    private sealed class SqlCaseNormalizer : IQueryContentNormalizer
    {
        public string Name => "sql-case";

        public int MaximumContentLength => 1000;

        public bool AppliesTo(MediaType mediaType) => mediaType.Subtype is "sql";

        public bool TryNormalize(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
        {
            var span = output.GetSpan(content.Length);
            System.Text.Ascii.ToLower(content, span, out var written);
            output.Advance(written);
            return true;
        }
    }
}
