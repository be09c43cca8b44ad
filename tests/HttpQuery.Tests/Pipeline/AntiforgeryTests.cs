using HttpQuery.Tests.PagesHost.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>MVC's antiforgery filters count QUERY as the safe method it is (RFC 10008 §2.1; row M1).</summary>
public class AntiforgeryTests
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    public static TheoryData<bool, bool> SetUps => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory, MemberData(nameof(SetUps))]
    public async Task A_controller_that_validates_by_method_lets_query_pass_and_no_unsafe_method(bool libraryFirst, bool globally)
    {
        await using var server = await StartAsync(libraryFirst, globally);

        Assert.Equal("found a", (await server.SendAsync("QUERY /tokens/auto", UrlEncoded, "match=a")).ContentText);
        Assert.Equal("found a", (await server.SendAsync("query /tokens/auto", UrlEncoded, "match=a")).ContentText);
        Assert.Equal("found a", (await server.SendAsync("QUERY /tokens/ignored", UrlEncoded, "match=a")).ContentText);
        Assert.Equal(400, (await server.SendAsync("POST /tokens/auto", UrlEncoded, "match=a")).Status);
    }

    [Theory, MemberData(nameof(SetUps))]
    public async Task An_action_that_asks_for_a_token_whatever_the_method_gets_one(bool libraryFirst, bool globally)
    {
        await using var server = await StartAsync(libraryFirst, globally);
        Assert.Equal(400, (await server.SendAsync("QUERY /tokens/strict", UrlEncoded, "match=a")).Status);

        var given = await server.SendAsync("GET /give-token");
        var cookie = given["Set-Cookie"]!.Split(';')[0];
        foreach (var line in new[] { "QUERY /tokens/strict", "POST /tokens/auto" })
        {
            var response = await server.SendAsync(line, UrlEncoded, "match=a", [$"Cookie: {cookie}", $"RequestVerificationToken: {given.ContentText}"]);
            Assert.Equal((200, line[0] is 'Q' ? "found a" : "changed a"), (response.Status, response.ContentText));
        }
    }

    [Theory, MemberData(nameof(SetUps))]
    public async Task A_razor_page_lets_query_pass_and_no_unsafe_method(bool libraryFirst, bool globally)
    {
        await using var server = await StartAsync(libraryFirst, globally);

        Assert.Equal("shown", (await server.SendAsync("GET /search-page")).ContentText.Trim());
        Assert.Equal("found", (await server.SendAsync("QUERY /search-page", UrlEncoded, "match=a")).ContentText.Trim());
        Assert.Equal(400, (await server.SendAsync("POST /search-page", UrlEncoded, "match=a")).Status);
    }

    [Fact]
    public async Task Without_the_library_the_framework_asks_query_for_a_token_up_to_10_and_not_from_11_on()
    {
        await using var server = await QueryServer.StartAsync(app => app.MapRazorPages(), AddPages, plain: true);

        Assert.Equal(Environment.Version.Major >= 11 ? 200 : 400, (await server.SendAsync("QUERY /search-page", UrlEncoded, "match=a")).Status);

        static void AddPages(WebApplicationBuilder builder) => builder.Services.AddRazorPages().AddApplicationPart(typeof(SearchPageModel).Assembly);
    }

    private static Task<QueryServer> StartAsync(bool libraryFirst, bool globally) => QueryServer.StartAsync(
        app =>
        {
            app.MapControllers();
            app.MapRazorPages();
            app.MapGet("/give-token", (IAntiforgery antiforgery, HttpContext context) => antiforgery.GetAndStoreTokens(context).RequestToken);
        },
        builder =>
        {
            if (libraryFirst) builder.Services.AddHttpQuery();
            builder.Services.AddControllersWithViews(options =>
            {
                if (globally) options.Filters.Add(new AutoValidateAntiforgeryTokenAttribute());
            });
            builder.Services.AddRazorPages().AddApplicationPart(typeof(SearchPageModel).Assembly);
            if (!libraryFirst) builder.Services.AddHttpQuery();
        },
        plain: true);
}
