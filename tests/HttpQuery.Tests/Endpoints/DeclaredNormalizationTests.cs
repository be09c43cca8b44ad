using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Endpoints;

/// <summary>What an application declares by <c>Normalize</c> and <c>HttpQueryCacheOptions.Normalizations</c> (RFC 10008 §2.7).</summary>
public sealed class DeclaredNormalizationTests
{
    [Fact]
    public async Task A_declaration_adds_to_what_is_found_and_to_other_declarations()
    {
        await using var server = await NormalizationServer.StartAsync(
            app =>
            {
                app.MapQuery("/bound", (Contracts.Plain query) => query.S).CacheQuery(policy => policy.Normalize(QueryNormalizations.JsonMemberOrder));
                app.MapQuery("/raw", NormalizationServer.ReadRestAsync).CacheQuery(policy => policy.Normalize(QueryNormalizations.JsonSpelling).Normalize(QueryNormalizations.Gzip));
                app.MapQuery("/none", NormalizationServer.ReadRestAsync);
            },
            builder => builder.Services.AddHttpQueryCache(options => options.Normalizations = QueryNormalizations.Deflate));
        Assert.Equal(
            [QueryNormalizations.Deflate | QueryNormalizations.JsonSpelling | QueryNormalizations.JsonMemberOrder, QueryNormalizations.Deflate | QueryNormalizations.JsonSpelling | QueryNormalizations.Gzip, QueryNormalizations.Deflate],
            await Task.WhenAll(ClaimsAsync(server, "/bound"), ClaimsAsync(server, "/raw"), ClaimsAsync(server, "/none")));
    }

    [Fact]
    public async Task The_policy_of_an_endpoint_takes_the_place_of_its_groups()
    {
        await using var server = await NormalizationServer.StartAsync(app =>
        {
            var group = app.MapGroup("").CacheQuery(policy => policy.Normalize(QueryNormalizations.JsonMemberOrder));
            group.MapQuery("/group", NormalizationServer.ReadRestAsync);
            group.MapQuery("/own", NormalizationServer.ReadRestAsync).CacheQuery(_ => { });
        });
        Assert.Equal([QueryNormalizations.JsonMemberOrder, QueryNormalizations.None], await Task.WhenAll(ClaimsAsync(server, "/group"), ClaimsAsync(server, "/own")));
    }

    // A gateway may have no routing.
    [Fact]
    public async Task Without_an_endpoint_the_options_count()
    {
        await using var server = await NormalizationServer.StartAsync(
            app => app.Run(context => Task.CompletedTask), builder => builder.Services.AddHttpQueryCache(options => options.Normalizations = QueryNormalizations.JsonSpelling));
        Assert.Equal(QueryNormalizations.JsonSpelling, await ClaimsAsync(server, "/a"));
        await using var plain = await NormalizationServer.StartAsync(app => app.Run(context => Task.CompletedTask), plain: true);
        Assert.Equal(QueryNormalizations.None, await ClaimsAsync(plain, "/a"));
    }

    // The application has said so, whatever lies between.
    [Fact]
    public async Task A_declaration_holds_for_content_that_can_be_read_again()
    {
        await using var server = await NormalizationServer.StartAsync(
            app => app.MapQuery("/a", (Contracts.Plain query) => query.S).CacheQuery(policy => policy.Normalize(QueryNormalizations.JsonSpelling)),
            before: app => app.Use((context, next) =>
            {
                context.Request.EnableBuffering();
                return next(context);
            }));
        Assert.Equal(QueryNormalizations.JsonSpelling, await ClaimsAsync(server, "/a"));
    }

    [Fact]
    public async Task Options_come_from_configuration()
    {
        await using var server = await NormalizationServer.StartAsync(app => app.MapQuery("/a", NormalizationServer.ReadRestAsync), builder =>
        {
            builder.Configuration["HttpQuery:Cache:Normalizations"] = "JsonSpelling, Gzip";
            builder.Services.AddHttpQueryCache();
        });
        Assert.Equal(QueryNormalizations.JsonSpelling | QueryNormalizations.Gzip, await ClaimsAsync(server, "/a"));
    }

    [Theory]
    [InlineData((QueryNormalizations)1024)]
    [InlineData((QueryNormalizations)(-1))]
    public void An_unknown_flag_is_refused(QueryNormalizations unknown)
    {
        Assert.False(QueryCacheOptionsBase.AreKnown(unknown));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QueryCachePolicyBuilder().Normalize(unknown));
    }

    private static async Task<QueryNormalizations> ClaimsAsync(NormalizationServer server, string path) =>
        Enum.Parse<QueryNormalizations>((await server.SendAsync($"QUERY {path}", "application/json", NormalizationServer.Content))["Claims"]!);
}
