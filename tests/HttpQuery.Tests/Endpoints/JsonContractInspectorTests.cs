using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HttpQuery.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using static HttpQuery.Tests.Endpoints.Contracts;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Which types hide how the JSON was spelled that they are read from, shown by a handler that tries to tell (RFC 10008 §2.7).</summary>
public sealed class JsonContractInspectorTests
{
    private const string List = """["x"]""";
    private const string RespelledList = """ [ "\u0078" ] """;
    private const string Members = """{"s":["x"]}""";
    private const string RespelledMembers = """{ "\u0073" : [ "\u0078" ] }""";

    private static readonly Dictionary<string, Shape> Hiding = new()
    {
        ["record"] = Of<Plain>(),
        ["settable, with members that are not read"] = Of<Settable>(),
        ["struct"] = Of<Point>(),
        ["nullable struct"] = Of<Point?>(),
        ["recursive"] = Of<Tree>(),
        ["recursive, deeper"] = Of<Tree>("""{"named":{"x":[{"s":"x"}]}}""", """{"named":{"\u0078":[{"\u0073":"\u0078"}]}}"""),
        ["array"] = Of<string[]>(List, RespelledList),
        ["list"] = Of<List<string>>(List, RespelledList),
        ["async sequence"] = Of<IAsyncEnumerable<string>>(List, RespelledList),
        ["immutable"] = Of<Immutable>(Members, RespelledMembers),
        ["dictionary"] = Of<Dictionary<string, string>>("""{"a":"x"}""", """{ "\u0061" : "\u0078" }"""),
        ["dictionary by number"] = Of<Dictionary<int, string>>("""{"1":"x"}""", """{ "\u0031" : "\u0078" }"""),
        ["dictionary by enum"] = Of<Dictionary<Letter, string>>("""{"X":"x"}""", """{ "\u0058" : "\u0078" }"""),
        ["enum by name"] = Of<Letters>("""{"s":"X"}""", """{"s":"\u0058"}"""),
        ["property of an enum by name"] = Of<Digits>("""{"s":"X"}""", """{"s":"\u0058"}"""),
        ["pair"] = Of<KeyValuePair<string, int>>("""{"key":"x","value":1}""", """{ "\u006bey" : "\u0078" , "value" : 1 }"""),
        ["F# options"] = Of<Optional>(),
    };

    private static readonly Dictionary<string, Shape> Showing = new()
    {
        ["element"] = Of<JsonElement>(),
        ["document"] = Of<JsonDocument>(),
        ["node"] = Of<JsonNode>(),
        ["object node"] = Of<JsonObject>(),
        ["array node"] = Of<JsonArray>(List, RespelledList),
        ["object"] = Of<object>(),
        ["list of objects"] = Of<List<object>>(List, RespelledList),
        ["untyped list"] = Of<ArrayList>(List, RespelledList),
        ["untyped dictionary"] = Of<Hashtable>(),
        ["dictionary of objects"] = Of<Dictionary<string, object>>(),
        ["pair with object"] = Of<KeyValuePair<string, object>>("""{"key":"x","value":"x"}""", """{"key":"x","value":"\u0078"}"""),
        ["tuple with object"] = Of<Tuple<string, object>>("""{"item1":"x","item2":"x"}""", """{"item1":"x","item2":"\u0078"}"""),
        ["element far inside"] = Of<WithElement>("""{"s":{"x":["x"]}}""", """{"s":{"x":["\u0078"]}}"""),
        ["object inside"] = Of<WithObject>(),
        ["extension data"] = Of<WithOverflow>(),
        ["object in a list that is filled"] = Of<Filled>(Members, RespelledMembers),
        ["converter of a property"] = Of<Measured>(),
        ["converter of a nullable property"] = Of<MeasuredOrNot>(),
        ["converter by an attribute of the application"] = Of<MeasuredByOwnAttribute>(),
        ["converter of a type"] = Of<Spelled>(),
        ["converter of a base type, inside"] = Of<WithSpelled>("""{"s":[{"a":"x"}]}""", """{"s":[{"a":"\u0078"}]}"""),
    };

    // Refused, although no handler was seen to tell spellings apart.
    private static readonly Dictionary<string, Shape> Doubtful = new()
    {
        ["discriminated"] = Of<Contracts.Shape>("""{"$type":"circle"}""", """{"\u0024type":"circle"}"""),
        ["discriminated, inside"] = Of<WithShape>("""{"s":[{"$type":"circle"}]}""", """{"s":[{"\u0024type":"circle"}]}"""),
        ["extension data as a node"] = Of<WithObjectOverflow>(),
        ["text"] = Of<string>("\"x\"", "\"\\u0078\""),
        ["octets"] = Of<byte[]>("\"eA==\"", "\"\\u0065A==\""),
    };

    public static TheoryData<string> HidingNames => [.. Hiding.Keys];

    public static TheoryData<string> ShowingNames => [.. Showing.Keys];

    public static TheoryData<string> DoubtfulNames => [.. Doubtful.Keys];

    [Theory]
    [MemberData(nameof(HidingNames))]
    public async Task A_type_that_keeps_values_alone_hides_the_spelling(string name)
    {
        var shape = Hiding[name];
        await using var server = await NormalizationServer.StartAsync(shape.Map);
        Assert.Equal(("JsonSpelling", true), await server.AskAsync("/a", shape.Content, shape.Respelled));
    }

    [Theory]
    [MemberData(nameof(ShowingNames))]
    public async Task A_type_that_keeps_text_shows_the_spelling(string name)
    {
        var shape = Showing[name];
        await using var server = await NormalizationServer.StartAsync(shape.Map);
        Assert.Equal(("None", false), await server.AskAsync("/a", shape.Content, shape.Respelled));
    }

    [Theory]
    [MemberData(nameof(DoubtfulNames))]
    public async Task A_type_in_doubt_makes_no_claim(string name)
    {
        var shape = Doubtful[name];
        await using var server = await NormalizationServer.StartAsync(shape.Map);
        Assert.Equal("None", (await server.AskAsync("/a", shape.Content, shape.Respelled)).Claims);
    }

    [Fact]
    public async Task A_converter_in_the_options_shows_the_spelling()
    {
        await using var server = await NormalizationServer.StartAsync(Of<Settable>().Map, builder => builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.Converters.Add(new LengthConverter())));
        Assert.Equal(("None", false), await server.AskAsync("/a", """{"a":"x"}""", """{"a":"\u0078"}"""));
    }

    [Fact]
    public async Task References_in_the_options_make_no_claim()
    {
        await using var server = await NormalizationServer.StartAsync(
            Of<Linked>().Map, builder => builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.ReferenceHandler = ReferenceHandler.Preserve));
        Assert.Equal("None", (await server.AskAsync("/a", """{"s":{"$id":"1"},"t":{"$ref":"1"}}""", """{"s":{"$id":"1"},"t":{"\u0024ref":"1"}}""")).Claims);
    }

    [Fact]
    public async Task Converters_of_the_platform_and_lenient_settings_hide_the_spelling()
    {
        await using var server = await NormalizationServer.StartAsync(Of<Digits>().Map, builder => builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            options.SerializerOptions.ReferenceHandler = ReferenceHandler.IgnoreCycles;
            options.SerializerOptions.AllowTrailingCommas = true;
            options.SerializerOptions.ReadCommentHandling = JsonCommentHandling.Skip;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.AllowReadingFromString;
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        }));
        Assert.Equal(("JsonSpelling", true), await server.AskAsync("/a", """{"s":"X"}""", """{ "\u0073" : "\u0058" }"""));
    }

    [Fact]
    public void A_type_without_metadata_makes_no_claim()
    {
        Assert.False(JsonContractInspector.HidesSpelling(typeof(Plain), TestJson.Default.Options));
        Assert.True(JsonContractInspector.HidesSpelling(typeof(RfcQuery), TestJson.Default.Options));
    }

    // Generated metadata says less of a property than the one that is found at run time.
    [Fact]
    public void Generated_metadata_is_judged_alike()
    {
        Type[] hiding = [typeof(Plain), typeof(Settable), typeof(Tree), typeof(Digits), typeof(KeyValuePair<string, int>)];
        Type[] showing = [typeof(WithObject), typeof(WithOverflow), typeof(Measured), typeof(MeasuredOrNot), typeof(Tuple<string, object>), typeof(WithShape)];
        Assert.All(hiding, type => Assert.True(JsonContractInspector.HidesSpelling(type, ContractJson.Default.Options), type.Name));
        Assert.All(showing, type => Assert.False(JsonContractInspector.HidesSpelling(type, ContractJson.Default.Options), type.Name));
    }

    [Fact]
    public void A_contract_of_too_many_types_makes_no_claim()
    {
        Assert.True(JsonContractInspector.HidesSpelling(Nested(200), JsonSerializerOptions.Web));
        Assert.False(JsonContractInspector.HidesSpelling(Nested(300), JsonSerializerOptions.Web));

        static Type Nested(int depth)
        {
            var type = typeof(int);
            for (var i = 0; i < depth; i++) type = type.MakeArrayType();
            return type;
        }
    }

    [Fact]
    public void Text_and_streams_make_no_claim()
    {
        Type[] types = [typeof(string), typeof(byte[]), typeof(Memory<byte>), typeof(ReadOnlyMemory<byte>), typeof(Stream), typeof(MemoryStream), typeof(System.IO.Pipelines.PipeReader), typeof(Type), typeof(Action)];
        Assert.DoesNotContain(types, type => JsonContractInspector.HidesSpelling(type, JsonSerializerOptions.Web));
    }

    private static Shape Of<T>(string content = NormalizationServer.Content, string respelled = NormalizationServer.Respelled) =>
        new(app => app.MapMethods("/a", ["QUERY"], ([FromBody] T query) => Show(query)), content, respelled);

    private sealed record Shape(Action<WebApplication> Map, string Content, string Respelled);
}
