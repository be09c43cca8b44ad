using HttpQuery.Tests.Mvc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Binders;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Which MVC actions cannot tell how their JSON content was spelled (RFC 10008 §2.7).</summary>
public sealed class ActionNormalizationTests
{
    [Theory]
    [InlineData(typeof(ActionControllers.Inferred))]
    [InlineData(typeof(ActionControllers.Marked))]
    public async Task An_action_whose_content_is_bound_cannot_tell_spellings_apart(Type controller)
    {
        await using var server = await StartAsync(controller);
        Assert.Equal(("JsonSpelling", true), await server.AskAsync("/a"));
    }

    [Theory]
    [InlineData(typeof(ActionControllers.Element))]
    [InlineData(typeof(ActionControllers.Unbound))]
    [InlineData(typeof(ActionControllers.Filtered))]
    [InlineData(typeof(ActionControllers.FilteredByType))]
    [InlineData(typeof(ActionControllers.FilteredByService))]
    [InlineData(typeof(ActionControllers.BoundByItself))]
    public async Task An_action_that_has_the_content_tells_spellings_apart(Type controller)
    {
        await using var server = await StartAsync(controller, builder => builder.Services.AddSingleton(new ActionControllers.ContentFilterAttribute()));
        Assert.Equal(("None", false), await server.AskAsync("/a"));
    }

    [Theory]
    [InlineData(typeof(ActionControllers.BoundBesides))]
    [InlineData(typeof(ActionControllers.InProperty))]
    public async Task An_action_in_doubt_makes_no_claim(Type controller)
    {
        await using var server = await StartAsync(controller);
        Assert.Equal("None", (await server.AskAsync("/a")).Claims);
    }

    [Fact]
    public async Task Text_makes_no_claim()
    {
        await using var server = await StartAsync(typeof(ActionControllers.Text));
        Assert.Equal("None", (await server.AskAsync("/a", "\"x\"", "\"\\u0078\"")).Claims);
    }

    [Fact]
    public async Task An_action_that_answers_with_the_errors_of_binding_tells_spellings_apart()
    {
        await using var server = await StartAsync(typeof(ActionControllers.FilteredByItself));
        Assert.Equal(("None", false), await server.AskAsync("/a", """{"a":"x"}""", """ {"a":"x"}"""));
    }

    // Without AddHttpQuery the action runs with the messages of the error, or the application answers them as it likes.
    [Fact]
    public async Task Without_AddHttpQuery_there_is_no_claim()
    {
        await using var server = await StartAsync(
            typeof(ActionControllers.ByVerb),
            builder => builder.Services.Configure<ApiBehaviorOptions>(options => options.InvalidModelStateResponseFactory = context => new OkObjectResult(new ValidationProblemDetails(context.ModelState))),
            plain: true);
        Assert.Equal(("None", false), await server.AskAsync("/a", """{"a":"x"}""", """ {"a":"x"}"""));
    }

    [Fact]
    public async Task Without_a_formatter_of_JSON_there_is_no_claim()
    {
        await using var server = await StartAsync(typeof(ActionControllers.Marked), builder => builder.Services.Configure<MvcOptions>(options =>
        {
            options.InputFormatters.Clear();
            options.InputFormatters.Add(new TextFormatter("text/csv"));
        }));
        var response = await server.SendAsync("QUERY /a", "text/csv", "x");
        Assert.Equal((200, "None"), (response.Status, response["Claims"]));
    }

    public static TheoryData<string, string, bool> Settings => new()
    {
        { "own formatter of JSON", "None", false },
        { "own formatter that decides by itself", "None", false },
        { "own formatter of CSV", "JsonSpelling", true },
        { "XML", "JsonSpelling", true },
        { "own filter for all", "None", false },
        { "own filter provider", "None", true },
        { "own binder provider", "None", true },
        { "own value provider", "None", true },
        { "converter", "None", false },
        { "converter of minimal APIs", "JsonSpelling", true },
        { "own delegate", "None", false },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Settings_of_the_application_count(string setting, string claims, bool areAlike)
    {
        await using var server = await StartAsync(typeof(ActionControllers.Marked), builder => Apply(setting, builder), own: setting is "own delegate");
        Assert.Equal((claims, areAlike), await server.AskAsync("/a"));
    }

    private static void Apply(string setting, WebApplicationBuilder builder)
    {
        if (setting is "XML") builder.Services.Configure<MvcOptions>(options => options.InputFormatters.Add(new XmlSerializerInputFormatter(options)));
        if (setting is "converter of minimal APIs") builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new PlainConverter()));
        if (setting is "converter") builder.Services.Configure<JsonOptions>(options => options.JsonSerializerOptions.Converters.Add(new PlainConverter()));
        if (setting is "own filter provider") builder.Services.AddSingleton<IFilterProvider, OwnFilters>();
        builder.Services.Configure<MvcOptions>(options =>
        {
            if (setting is "own formatter of JSON") options.InputFormatters.Insert(0, new TextFormatter("application/json"));
            if (setting is "own formatter that decides by itself") options.InputFormatters.Insert(0, new AnyFormatter());
            if (setting is "own formatter of CSV") options.InputFormatters.Insert(0, new TextFormatter("text/csv"));
            if (setting is "own filter for all") options.Filters.Add(new ActionControllers.ContentFilterAttribute());
            if (setting is "own binder provider") options.ModelBinderProviders.Add(new OwnBinders());
            if (setting is "own value provider") options.ValueProviderFactories.Add(new OwnValues());
        });
    }

    private static Task<NormalizationServer> StartAsync(Type controller, Action<WebApplicationBuilder>? configure = null, bool plain = false, bool own = false) => NormalizationServer.StartAsync(
        app =>
        {
            var actions = app.MapControllers();
            if (own) actions.Add(endpoint => endpoint.RequestDelegate = async context => await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, await NormalizationServer.ReadRestAsync(context)));
        },
        builder =>
        {
            builder.Services.AddControllers().WithOnly(controller);
            configure?.Invoke(builder);
        },
        plain: plain);

    private sealed class OwnFilters : IFilterProvider
    {
        public int Order => 0;

        public void OnProvidersExecuting(FilterProviderContext context)
        {
        }

        public void OnProvidersExecuted(FilterProviderContext context)
        {
        }
    }

    private sealed class OwnBinders : IModelBinderProvider
    {
        public IModelBinder? GetBinder(ModelBinderProviderContext context) => null;
    }

    private sealed class OwnValues : IValueProviderFactory
    {
        public Task CreateValueProviderAsync(ValueProviderFactoryContext context) => Task.CompletedTask;
    }

    /// <summary>Keeps the content as the text of a query.</summary>
    private sealed class TextFormatter : TextInputFormatter
    {
        public TextFormatter(string mediaType)
        {
            SupportedMediaTypes.Add(mediaType);
            SupportedEncodings.Add(UTF8EncodingWithoutBOM);
        }

        public override async Task<InputFormatterResult> ReadRequestBodyAsync(InputFormatterContext context, System.Text.Encoding encoding) =>
            await InputFormatterResult.SuccessAsync(new Contracts.Plain(0, await NormalizationServer.ReadRestAsync(context.HttpContext)));
    }

    private sealed class AnyFormatter : InputFormatter
    {
        public AnyFormatter() => SupportedMediaTypes.Add("text/csv");

        public override bool CanRead(InputFormatterContext context) => true;

        public override async Task<InputFormatterResult> ReadRequestBodyAsync(InputFormatterContext context) =>
            await InputFormatterResult.SuccessAsync(new Contracts.Plain(0, await NormalizationServer.ReadRestAsync(context.HttpContext)));
    }

    private sealed class PlainConverter : System.Text.Json.Serialization.JsonConverter<Contracts.Plain>
    {
        public override Contracts.Plain Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options)
        {
            reader.Skip();
            return new((int)reader.BytesConsumed, null);
        }

        public override void Write(System.Text.Json.Utf8JsonWriter writer, Contracts.Plain value, System.Text.Json.JsonSerializerOptions options) => writer.WriteNullValue();
    }
}
