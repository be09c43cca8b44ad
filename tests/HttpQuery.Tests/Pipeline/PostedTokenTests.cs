using HttpQuery.Tests.Mvc;
using HttpQuery.Tests.PagesHost.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Where MVC asks a POST for an antiforgery token, it asks it also when an override has made the POST a QUERY, before routing or after it (RFC 10008 §2.1; row M1).</summary>
public class PostedTokenTests
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    public static TheoryData<string, bool, string> Policies() => new MatrixTheoryData<string, bool, string>(["attribute", "type", "service"], [true, false], ["QUERY", "query"]);

    [Theory, MemberData(nameof(Policies))]
    public async Task A_posted_form_is_asked_for_its_token(string policy, bool overriddenFirst, string method)
    {
        await using var server = await StartAsync(policy, overriddenFirst);
        var given = await server.SendAsync("GET /give-token");
        string[] token = [$"Cookie: {given["Set-Cookie"]!.Split(';')[0]}", $"RequestVerificationToken: {given.ContentText}"];

        foreach (var path in new[] { "global", "auto", "derived", "factory", "validate" })
        {
            foreach (var fields in new string[][] { [], ["Sec-Fetch-Site: cross-site", "Origin: http://other.test"] })
                Assert.Equal((path, 400), (path, (await server.SendAsync($"POST /posted/{path}", UrlEncoded, $"amount=5&_method={method}", fields)).Status));

            var allowed = await server.SendAsync($"POST /posted/{path}", UrlEncoded, $"amount=5&_method={method}", token);
            Assert.Equal((path, 200, $"sent 5 by {method}"), (path, allowed.Status, allowed.ContentText));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_form_posted_to_a_page_is_asked_for_its_token(bool overriddenFirst)
    {
        await using var server = await StartAsync("attribute", overriddenFirst);
        var given = await server.SendAsync("GET /give-token");
        string[] token = [$"Cookie: {given["Set-Cookie"]!.Split(';')[0]}", $"RequestVerificationToken: {given.ContentText}"];

        Assert.Equal(400, (await server.SendAsync("POST /search-page", UrlEncoded, "match=a&_method=QUERY")).Status);
        Assert.Equal("found", (await server.SendAsync("POST /search-page", UrlEncoded, "match=a&_method=QUERY", token)).ContentText.Trim());
        Assert.Equal("found", (await server.SendAsync("QUERY /search-page", UrlEncoded, "match=a")).ContentText.Trim());
    }

    [Fact]
    public async Task The_first_request_of_a_page_may_be_a_query()
    {
        await using var server = await StartAsync("attribute", overriddenFirst: true);

        Assert.Equal("found", (await server.SendAsync("QUERY /search-page", UrlEncoded, "match=a")).ContentText.Trim());
    }

    [Fact]
    public async Task An_action_of_post_that_is_overridden_after_routing_is_asked_for_its_token()
    {
        await using var server = await StartAsync("attribute", overriddenFirst: false);

        Assert.Equal(400, (await server.SendAsync("POST /posted/post", UrlEncoded, "amount=5&_method=QUERY")).Status);
        Assert.Equal(400, (await server.SendAsync("POST /posted/post", UrlEncoded, "amount=5")).Status);
    }

    [Theory, InlineData("attribute"), InlineData("type"), InlineData("service")]
    public async Task What_was_sent_as_query_needs_no_token(string policy)
    {
        await using var server = await StartAsync(policy, overriddenFirst: true);

        foreach (var path in new[] { "global", "auto", "derived", "factory", "ignore" })
            Assert.Equal((path, "sent 5 by QUERY"), (path, (await server.SendAsync($"QUERY /posted/{path}", UrlEncoded, "amount=5")).ContentText));
        Assert.Equal("read a", (await server.SendAsync("QUERY /posted/json", "application/json", "{\"match\":\"a\"}")).ContentText);
        Assert.Equal(400, (await server.SendAsync("QUERY /posted/validate", UrlEncoded, "amount=5")).Status);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_action_without_a_token_and_one_with_a_policy_of_its_own_are_left_alone(bool overriddenFirst)
    {
        await using var server = await StartAsync("attribute", overriddenFirst);

        foreach (var line in new[] { "POST", "QUERY" })
        {
            Assert.Equal("sent 5 by QUERY", (await server.SendAsync($"{line} /posted/ignore", UrlEncoded, "amount=5&_method=QUERY")).ContentText);
            Assert.Equal(409, (await server.SendAsync($"{line} /posted/own", UrlEncoded, "amount=5&_method=QUERY")).Status);
            Assert.Equal("sent 5 by QUERY", (await server.SendAsync($"{line} /posted/own", UrlEncoded, "amount=5&_method=QUERY", ["X-Own: 1"])).ContentText);
        }
    }

    [Fact]
    public async Task Content_that_no_form_can_send_is_asked_for_a_token_where_its_target_overrides_and_not_where_a_field_does()
    {
        await using var server = await StartAsync("attribute", overriddenFirst: true);

        Assert.Equal(400, (await server.SendAsync("POST /posted/json?_method=QUERY", "application/json", "{\"match\":\"a\"}")).Status);
        var overridden = await server.SendAsync("POST /posted/json", "application/json", "{\"match\":\"a\"}", ["X-HTTP-Method-Override: QUERY"]);
        Assert.Equal("read a", overridden.ContentText);
    }

    private static Task<QueryServer> StartAsync(string policy, bool overriddenFirst) => QueryServer.StartAsync(
        app =>
        {
            app.UseHttpMethodOverride(new() { FormFieldName = "_method" });
            app.UseHttpMethodOverride();
            app.Use((context, next) =>
            {
                if (context.Request.Query["_method"] is [{ } method]) context.Request.Method = method;
                return next(context);
            });

            // Without this call routing comes first of all.
            if (overriddenFirst) app.UseRouting();
            app.MapControllers();
            app.MapRazorPages();
            app.MapGet("/give-token", (IAntiforgery antiforgery, HttpContext context) => antiforgery.GetAndStoreTokens(context).RequestToken);
        },
        builder =>
        {
            builder.Services.AddControllersWithViews(options => Add(options.Filters)).WithOnly(typeof(PostedTokenController));
            builder.Services.AddSingleton<AutoValidateAntiforgeryTokenAttribute>();
            builder.Services.AddRazorPages().AddApplicationPart(typeof(SearchPageModel).Assembly);

            void Add(FilterCollection filters)
            {
                if (policy is "attribute") filters.Add(new AutoValidateAntiforgeryTokenAttribute());
                else if (policy is "type") filters.Add<AutoValidateAntiforgeryTokenAttribute>();
                else filters.AddService<AutoValidateAntiforgeryTokenAttribute>();
            }
        });
}
