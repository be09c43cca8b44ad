using HttpQuery.Tests.Mvc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>A form that another site could have posted does not become a QUERY, which nobody asks for a token (RFC 10008 §2.1; row M1).</summary>
public class MethodOverrideTests
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data; boundary=b";

    [Theory]
    [InlineData(UrlEncoded, "QUERY")]
    [InlineData(UrlEncoded, "query")]
    [InlineData(Multipart, "QUERY")]
    [InlineData(Multipart, "query")]
    public async Task A_posted_form_that_calls_itself_a_query_is_refused(string type, string method)
    {
        var runs = 0;
        await using var server = await StartAsync(UseFormOverride, () => runs++);

        var response = await server.SendAsync("POST /rfcs", type, Form(type, ("match", "a b"), ("_method", method)));
        Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
        Assert.Contains("A form that was sent by POST cannot become a QUERY", response.ContentText, StringComparison.Ordinal);
        Assert.NotNull(response["Accept-Query"]);
        Assert.Equal(0, runs);
    }

    [Theory]
    [InlineData(UrlEncoded, false)]
    [InlineData(Multipart, false)]
    [InlineData(UrlEncoded, true)]
    [InlineData(Multipart, true)]
    public async Task A_form_sent_by_query_passes(string type, bool readBefore)
    {
        await using var server = await StartAsync(app =>
        {
            if (readBefore)
            {
                app.Use(async (context, next) =>
                {
                    _ = await context.Request.ReadFormAsync();
                    await next(context);
                });
            }
            UseFormOverride(app);
        });

        var response = await server.SendAsync("QUERY /rfcs", type, Form(type, ("match", "a b"), ("_method", "QUERY")));
        Assert.Equal((200, "found a b"), (response.Status, response.ContentText));
    }

    [Theory]
    [InlineData("QUERY")]
    [InlineData("query")]
    public async Task A_field_can_override_because_no_form_can_send_it(string method)
    {
        await using var server = await StartAsync(app => app.UseHttpMethodOverride());

        var form = await server.SendAsync("POST /rfcs", UrlEncoded, Form(UrlEncoded, ("match", "a b")), [$"X-HTTP-Method-Override: {method}"]);
        Assert.Equal((200, "found a b"), (form.Status, form.ContentText));
        var json = await server.SendAsync("POST /json", "application/json", "{\"match\":\"a\"}", [$"X-HTTP-Method-Override: {method}"]);
        Assert.Equal((200, "found a"), (json.Status, json.ContentText));
    }

    [Theory, InlineData(UrlEncoded), InlineData(Multipart)]
    public async Task A_post_endpoint_of_the_same_path_keeps_its_forms(string type)
    {
        await using var server = await StartAsync(UseFormOverride);

        Assert.Equal("posted a b", (await server.SendAsync("POST /rfcs", type, Form(type, ("match", "a b")))).ContentText);
        Assert.Equal("posted a b", (await server.SendAsync("POST /rfcs", type, Form(type, ("match", "a b"), ("_method", "POST")))).ContentText);
    }

    [Theory]
    [InlineData("/rfcs", UrlEncoded)]
    [InlineData("/rfcs", Multipart)]
    [InlineData("/any", UrlEncoded)]
    [InlineData("/any", Multipart)]
    [InlineData("/any", "text/plain")]
    [InlineData("/any", "text/plain;charset=UTF-8")]
    [InlineData("/any", "TEXT/PLAIN; x=y")]
    public async Task An_override_of_the_applications_own_is_refused_as_well(string path, string type)
    {
        var runs = 0;
        await using var server = await StartAsync(UseTargetOverride, () => runs++);

        // Each of the three media types that a form can have (HTML, form submission).
        var response = await server.SendAsync($"POST {path}?_method=QUERY", type, type.StartsWith("text", StringComparison.OrdinalIgnoreCase) ? "match=a b" : Form(type, ("match", "a b")));
        Assert.Equal((400, 0), (response.Status, runs));
        Assert.Contains("A form that was sent by POST cannot become a QUERY", response.ContentText, StringComparison.Ordinal);
    }

    [Theory, InlineData("QUERY"), InlineData("POST")]
    public async Task An_action_of_any_method_still_asks_a_posted_form_for_its_token(string method)
    {
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                UseFormOverride(app);
                app.UseRouting();
                app.MapControllerRoute("default", "{controller}/{action}");
            },
            builder => builder.Services.AddControllersWithViews().WithOnly(typeof(TransferController)));

        Assert.Equal(400, (await server.SendAsync("POST /transfer/send", UrlEncoded, $"amount=5&_method={method}")).Status);
        Assert.Equal("sent 5 by QUERY", (await server.SendAsync("QUERY /transfer/send", UrlEncoded, "amount=5")).ContentText);
    }

    [Fact]
    public async Task What_no_form_can_send_may_be_overridden_by_the_target()
    {
        await using var server = await StartAsync(UseTargetOverride);

        Assert.Equal("found a", (await server.SendAsync("POST /json?_method=QUERY", "application/json", "{\"match\":\"a\"}")).ContentText);
        Assert.Equal("found any", (await server.SendAsync("QUERY /any", "text/plain", "x")).ContentText);
    }

    private static void UseFormOverride(WebApplication app) => app.UseHttpMethodOverride(new() { FormFieldName = "_method" });

    private static void UseTargetOverride(WebApplication app) => app.Use((context, next) =>
    {
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.Query["_method"] is [{ } method]) context.Request.Method = method;
        return next(context);
    });

    private static string Form(string type, params (string Name, string Value)[] fields) => type == UrlEncoded
        ? string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))
        : string.Concat(fields.Select(field => $"--b\r\nContent-Disposition: form-data; name=\"{field.Name}\"\r\n\r\n{field.Value}\r\n")) + "--b--\r\n";

    private static Task<QueryServer> StartAsync(Action<WebApplication> useOverride, Action? onQuery = null) => QueryServer.StartAsync(
        app =>
        {
            useOverride(app);
            app.UseRouting();
            app.UseAntiforgery();
            app.MapQuery("/rfcs", ([FromForm] string match) =>
            {
                onQuery?.Invoke();
                return $"found {match}";
            });
            app.MapPost("/rfcs", ([FromForm] string match) => $"posted {match}").DisableAntiforgery();
            app.MapQuery("/json", (RfcQuery query) => $"found {query.Match}");
            app.MapQuery("/any", (HttpContext context) =>
            {
                onQuery?.Invoke();
                return "found any";
            });
        },
        builder => builder.Services.AddAntiforgery());
}
