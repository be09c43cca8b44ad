using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Mvc;

/// <summary>Content that MVC binds by other formatters than JSON's, or to a property (RFC 10008 §2, §2.1).</summary>
public class BoundContentTests
{
    private const string Json = "application/json";
    private const string Xml = "application/xml";

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_formatter_that_does_not_say_what_it_reads_may_read_anything(bool bare)
    {
        await using var server = await StartAsync(typeof(FormattedController), options => options.InputFormatters.Insert(0, bare ? new BareFormatter() : new SilentFormatter()));

        Assert.Equal((200, "text select"), (await server.SendAsync("QUERY /mvc/text", "application/sql", "select") is var response ? response.Status : 0, response.ContentText));
        Assert.Equal(415, (await server.SendAsync("QUERY /mvc/text", "image/png", "x")).Status);
    }

    [Fact]
    public async Task Xml_that_does_not_parse_is_400()
    {
        await using var server = await StartAsync(typeof(FormattedController), more: mvc => mvc.AddXmlSerializerFormatters());

        Assert.Equal("xml 7", (await server.SendAsync("QUERY /mvc/xml", Xml, "<ValidatedQuery><Limit>7</Limit></ValidatedQuery>")).ContentText);
        AssertMalformed(await server.SendAsync("QUERY /mvc/xml", Xml, "<secret"), "The content is not a valid query");
    }

    [Fact]
    public async Task A_property_is_bound_as_a_parameter_is()
    {
        await using var server = await StartAsync(typeof(BodyPropertyController), more: mvc => mvc.AddXmlSerializerFormatters());

        var response = await server.SendAsync("QUERY /mvc/property", Json, "{\"limit\":7}");
        Assert.Equal((200, "property 7 True"), (response.Status, response.ContentText));
        Assert.StartsWith("application/json", response["Accept-Query"], StringComparison.Ordinal);
        Assert.Equal("property 0 False", (await server.SendAsync("QUERY /mvc/property", Json, "{\"limit\":0}")).ContentText);
        Assert.Equal("property  True", (await server.SendAsync("QUERY /mvc/property", Json, "null")).ContentText);
        AssertMalformed(await server.SendAsync("QUERY /mvc/property", Json, "{\"limit\": secret}"), "line 1, byte 11");
    }

    [Fact]
    public async Task A_property_whose_content_cannot_be_read_again_is_400_without_a_position()
    {
        await using var server = await StartAsync(typeof(BodyPropertyController), more: mvc => mvc.AddXmlSerializerFormatters());

        AssertMalformed(await server.SendAsync("QUERY /mvc/property", Json, "{" + new string(' ', 70_000) + "secret}"), "The JSON content is not a valid query");
        AssertMalformed(await server.SendAsync("QUERY /mvc/property", Xml, "<secret"), "The content is not a valid query");
    }

    private static void AssertMalformed(RawResponse response, string detail)
    {
        Assert.Equal((400, "application/problem+json"), (response.Status, response["Content-Type"]));
        Assert.Contains(detail, response.ContentText, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
    }

    private static Task<QueryServer> StartAsync(Type controller, Action<MvcOptions>? configure = null, Action<IMvcBuilder>? more = null) => QueryServer.StartAsync(
        app => app.MapControllers(),
        builder =>
        {
            var mvc = builder.Services.AddControllers(configure).WithOnly(controller);
            more?.Invoke(mvc);
        });

    /// <summary>Decides by itself, and leaves its list of media types empty.</summary>
    private sealed class SilentFormatter : InputFormatter
    {
        private readonly BareFormatter _reader = new();

        public override bool CanRead(InputFormatterContext context) => _reader.CanRead(context);

        public override Task<InputFormatterResult> ReadRequestBodyAsync(InputFormatterContext context) => _reader.ReadAsync(context);
    }

    /// <summary>Has no list at all.</summary>
    private sealed class BareFormatter : IInputFormatter
    {
        public bool CanRead(InputFormatterContext context) => context.HttpContext.Request.ContentType is "application/sql";

        public async Task<InputFormatterResult> ReadAsync(InputFormatterContext context)
        {
            using var reader = new StreamReader(context.HttpContext.Request.Body);
            return await InputFormatterResult.SuccessAsync(await reader.ReadToEndAsync());
        }
    }
}
