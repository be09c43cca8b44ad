using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using static HttpQuery.Client.Tests.Redirection.Redirects;

namespace HttpQuery.Client.Tests;

// Users and their contents: what tells requests apart in all parts of a client.
public sealed partial class AddHttpQueryTests
{
    [Theory]
    [InlineData("redirects", "cache")]
    [InlineData("redirects", "location")]
    [InlineData("location", "cache")]
    [InlineData("cache", "location")]
    public async Task A_header_that_one_part_knows_as_a_credential_tells_users_apart_in_all_parts(string named, string used)
    {
        await using var origin = Origin.Start(request =>
        {
            var user = request.Split("X-Api-Key: ")[1].Split('\n')[0];
            return used is "cache" ? Origin.Ok($"rows of {user}", Cached.Fresh)
                : request.StartsWith("QUERY", StringComparison.Ordinal) ? Origin.Ok($"rows of {user}", $"Location: /stored/{user}")
                    : Origin.Ok($"stored {request.Split(' ')[1]}");
        });
        await using var provider = Build(services => services.AddHttpClient("one")
            .AddHttpQuery(options =>
            {
                (options.UseCache, options.UseLocation) = (used is "cache", used is "location");
                if (named is "redirects") options.Redirects.CredentialHeaders.Add("X-Api-Key");
                if (named is "location") options.Location.CredentialHeaders.Add("X-Api-Key");
            })
            .Services.Configure<PrivateCacheOptions>("one", options =>
            {
                if (named is "cache") options.CredentialHeaders.Add("X-Api-Key");
            }));
        var client = Client(provider);
        foreach (var user in new[] { "ann", "bob" })
            Assert.Equal($"200 rows of {user}", await client.TextAsync(Cached.Query(origin.Uri("/rfcs"), "{}", "X-Api-Key: " + user)));
        Assert.Equal(2, origin.Count);
    }

    [Fact]
    public async Task A_credential_that_the_handler_of_another_filter_adds_is_seen()
    {
        await using var other = Origin.Start(Origin.Ok("stolen"));
        await using var origin = Origin.Start(request => request.Contains(" /away ", StringComparison.Ordinal)
            ? To(other.Uri("/").ToString()) : Origin.Ok("rows of " + request.Split("Bearer ")[1].Split('\n')[0], Cached.Fresh));
        var filter = new CredentialFilter();
        using var provider = Build(services =>
        {
            services.AddSingleton<IHttpMessageHandlerBuilderFilter>(filter);
            services.AddHttpClient("one").AddHttpQuery(options => options.Redirects.AllowContentToOtherOrigins = true);
        });
        var client = Client(provider);
        foreach (var user in new[] { "ann", "bob" })
        {
            filter.User = user;
            Assert.Equal($"200 rows of {user}", await client.TextAsync(Cached.Query(origin.Uri("/rfcs"), "{}")));
        }
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.TextAsync(Cached.Query(origin.Uri("/away"), "{}")));
        Assert.Contains("'Authorization'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, other.Count);
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("location")]
    [InlineData("redirects")]
    [InlineData("fallback")]
    [InlineData("fallback to GET")]
    public async Task A_reused_array_is_sent_with_its_present_bytes(string used)
    {
        var received = new List<string>();
        await using var origin = Origin.Start(request =>
        {
            lock (received) received.Add(request[^1..]);
            return Origin.Ok("ok");
        });
        using var provider = Build(services => services.AddHttpClient("one").AddHttpQuery(options =>
        {
            (options.UseCache, options.UseRedirects, options.UseDiscovery) = (used is "cache", used is "redirects", false);
            (options.UseLocation, options.UseFallback) = (used is "location", used.StartsWith("fallback", StringComparison.Ordinal));
            options.Fallback.Paths.Add("/rfcs");
            if (used is "fallback to GET") options.Fallback.CreateGetUri = (_, _) => null;
        }));
        var (client, array) = (Client(provider), "0"u8.ToArray());
        using var content = new ByteArrayContent(array) { Headers = { ContentType = new("text/plain") } };
        for (var i = 1; i < 3; i++)
        {
            array[0] = (byte)('0' + i);
            using var response = await client.SendAsync(new(HttpMethod.Query, origin.Uri("/rfcs")) { Content = content }, Test);
        }
        Assert.Equal(["1", "2"], received);
    }

    /// <summary>A filter of the application, registered before ours.</summary>
    private sealed class CredentialFilter : IHttpMessageHandlerBuilderFilter
    {
        public string User { get; set; } = "";

        public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
        {
            next(builder);
            builder.AdditionalHandlers.Add(new Credential(this));
        };

        private sealed class Credential(CredentialFilter filter) : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                request.Headers.Authorization = new("Bearer", filter.User);
                try
                {
                    return await base.SendAsync(request, cancellationToken);
                }
                finally
                {
                    request.Headers.Authorization = null;
                }
            }
        }
    }
}
