using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests;

/// <summary><c>AddQueryCache</c>: one cache for each named client, above handlers that retry.</summary>
public sealed class HttpQueryClientBuilderExtensionsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_client_has_a_store_of_its_own(bool byDefault)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        var services = new ServiceCollection();
        if (byDefault) services.ConfigureHttpClientDefaults(builder => builder.AddQueryCache());
        var one = services.AddHttpClient("one");
        var typed = services.AddHttpClient<Typed>();
        if (!byDefault)
        {
            one.AddQueryCache();
            typed.AddQueryCache();
        }
        await using var provider = services.BuildServiceProvider();
        var named = provider.GetRequiredService<IHttpClientFactory>();

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("200 first", await named.CreateClient("one").TextAsync(Cached.Get(origin.Uri("/"))));
            Assert.Equal("200 second", await provider.GetRequiredService<Typed>().Http.TextAsync(Cached.Get(origin.Uri("/"))));
        }
        Assert.Equal(2, origin.Count);
    }

    [Fact]
    public async Task The_store_outlives_its_handlers_and_its_clock_is_that_of_the_container()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddHttpClient("one").AddQueryCache();
        await using var provider = services.BuildServiceProvider();

        // The factory does this when the lifetime of a handler ends.
        var factory = provider.GetRequiredService<IHttpMessageHandlerFactory>();
        using var before = new HttpClient(factory.CreateHandler("one"), disposeHandler: false);
        Assert.Equal("200 first", await before.TextAsync(Cached.Get(origin.Uri("/"))));
        var builder = provider.GetRequiredService<HttpMessageHandlerBuilder>();
        builder.Name = "one";
        foreach (var action in provider.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<HttpClientFactoryOptions>>().Get("one").HttpMessageHandlerBuilderActions) action(builder);
        using var after = new HttpClient(builder.Build());
        Assert.Equal("200 first", await after.TextAsync(Cached.Get(origin.Uri("/"))));

        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("200 second", await after.TextAsync(Cached.Get(origin.Uri("/"))));
    }

    private sealed class Typed(HttpClient http)
    {
        public HttpClient Http => http;
    }
}
