using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Results in the language that the request prefers (RFC 9110 §12.5.4, §12.5.5): a cache is told by <c>Vary</c>.</summary>
public class LocalizationTests
{
    [Theory]
    [InlineData("de", "Zwischenspeicher")]
    [InlineData("fr, de;q=0.9, en;q=0.5", "Zwischenspeicher")]
    [InlineData("en", "cache")]
    [InlineData("fr", "cache")]
    [InlineData(null, "cache")]
    public async Task A_result_in_the_language_of_the_request_varies_by_it(string? language, string text)
    {
        await using var server = await StartAsync(localize: true);

        var response = await AskAsync(server, "/rfcs", language);
        Assert.Equal((200, text, "Accept-Language, Cookie"), (response.Status, response.ContentText, response["Vary"]));

        var unchanged = await AskAsync(server, "/rfcs", language, $"If-None-Match: \"{text}\"");
        Assert.Equal((304, "Accept-Language, Cookie"), (unchanged.Status, unchanged["Vary"]));
        Assert.Equal(200, (await AskAsync(server, "/rfcs", language, "If-None-Match: \"other\"")).Status);

        Assert.Equal("Accept, Accept-Language, Cookie", (await AskAsync(server, "/produced", language))["Vary"]);
        Assert.Equal("Accept-Language, Cookie", (await server.SendAsync("QUERY /rfcs", "text/plain", "x"))["Vary"]);
    }

    [Theory]
    [InlineData("/rfcs?culture=de", null, "Zwischenspeicher")]
    [InlineData("/rfcs?culture=de", "en", "Zwischenspeicher")]
    [InlineData("/rfcs?culture=en", "de", "cache")]
    public async Task A_language_that_the_target_names_does_not_vary(string target, string? language, string text)
    {
        await using var server = await StartAsync(localize: true);

        var response = await AskAsync(server, target, language);
        Assert.Equal((200, text, null), (response.Status, response.ContentText, response["Vary"]));
    }

    [Fact]
    public async Task A_language_that_a_cookie_chose_varies_by_it()
    {
        await using var server = await StartAsync(localize: true);

        var response = await AskAsync(server, "/rfcs", "en", "Cookie: .AspNetCore.Culture=c=de|uic=de");
        Assert.Equal(("Zwischenspeicher", "Accept-Language, Cookie"), (response.ContentText, response["Vary"]));
    }

    [Fact]
    public async Task Where_no_cookie_is_asked_only_the_field_counts()
    {
        await using var server = await StartAsync(localize: true, onlyField: true);

        Assert.Equal("Accept-Language", (await AskAsync(server, "/rfcs", "de"))["Vary"]);
    }

    [Fact]
    public async Task A_tag_of_the_key_tells_languages_apart()
    {
        await using var server = await StartAsync(localize: true);

        var tag = (await AskAsync(server, "/keyed", "de"))["ETag"];
        Assert.Equal(304, (await AskAsync(server, "/keyed", "de", $"If-None-Match: {tag}")).Status);
        Assert.Equal((200, "cache"), (await AskAsync(server, "/keyed", "en", $"If-None-Match: {tag}") is var other ? other.Status : 0, other.ContentText));
    }

    [Fact]
    public async Task Other_methods_and_other_applications_do_as_they_did()
    {
        await using var server = await StartAsync(localize: true);
        Assert.Null((await server.SendAsync("GET /rfcs", fields: ["Accept-Language: de"]))["Vary"]);

        await using var unlocalized = await StartAsync(localize: false);
        var response = await AskAsync(unlocalized, "/rfcs", "de");
        Assert.Equal(("cache", null), (response.ContentText, response["Vary"]));
    }

    private static Task<RawResponse> AskAsync(QueryServer server, string target, string? language, params string[] fields) =>
        server.SendAsync($"QUERY {target}", "application/json", "{}", language is null ? fields : [.. fields, $"Accept-Language: {language}"]);

    private static Task<QueryServer> StartAsync(bool localize, bool onlyField = false) => QueryServer.StartAsync(app =>
    {
        if (localize)
        {
            app.UseRequestLocalization(options =>
            {
                options.SetDefaultCulture("en").AddSupportedCultures("en", "de").AddSupportedUICultures("en", "de");
                if (onlyField) options.RequestCultureProviders = [new AcceptLanguageHeaderRequestCultureProvider { Options = options }];
            });
        }
        app.MapQuery("/rfcs", async (HttpContext context, RfcQuery query) => await context.CheckConditionsAsync(new EntityTag(Text())) ?? Results.Text(Text()));
        app.MapQuery("/keyed", async (HttpContext context, RfcQuery query) => await context.CheckConditionsAsync(context.CreateEntityTag("1")) ?? Results.Text(Text())).WithQueryKey();
        app.MapQuery("/produced", (RfcQuery query) => Text()).WithProduces("text/plain");
        app.MapGet("/rfcs", Text);
    });

    private static string Text() => CultureInfo.CurrentUICulture.Name is "de" ? "Zwischenspeicher" : "cache";
}
