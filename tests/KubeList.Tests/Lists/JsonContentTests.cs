using System.Text.Json;
using KubeList.Tests.Hosting;

namespace KubeList.Tests.Lists;

/// <summary>Queries in JSON: what is refused, with which status, and what is told of it (sections 8 and 9 of the list API).</summary>
public class JsonContentTests(SharedClusters clusters) : IClassFixture<SharedClusters>
{
    private const string Pods = "/api/v1/pods";

    [Theory]
    [InlineData("{", 1, 2)]
    [InlineData("{\"limit\":1", 1, 11)]
    [InlineData("{\"limit\":1,}", 1, 12)]
    [InlineData("{\"limit\":01}", 1, 11)]
    [InlineData("{limit:1}", 1, 2)]
    [InlineData("{'limit':1}", 1, 2)]
    [InlineData("{\n \"limit\": tru\n}", 2, 14)]
    [InlineData("{}x", 1, 3)]
    [InlineData("{} {}", 1, 4)]
    [InlineData(" ", 1, 2)]
    [InlineData("\n\n", 3, 1)]
    [InlineData("\ufeff{}", 1, 1)]
    [InlineData("{/* */}", 1, 2)]
    [InlineData("{\"unknown\":[1,2", 1, 16)]
    [InlineData("{\"limit\":\"wrong\",\"x\":}", 1, 22)]
    [InlineData("{\n\"continue\":\"\\ud800\"}", 2, 12)]
    [InlineData("{\"\\udfff\":1}", 1, 2)]
    [InlineData("{\"continue\":\"\\x\"}", 1, 15)]
    public async Task Content_that_does_not_parse_is_400_with_its_position(string content, int line, int @byte)
    {
        var answer = (await clusters.Generated.QueryJsonAsync(Pods, content)).IsStatus(400, "BadRequest");
        Assert.EndsWith($" at line {line}, byte {@byte} (both counted from 1)", answer.Message, StringComparison.Ordinal);
        Assert.StartsWith("the content does not parse: ", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_never_repeats_the_content()
    {
        var answer = await clusters.Generated.QueryJsonAsync(Pods, "{\"continue\": §ecret}");
        Assert.Equal(400, answer.Code);
        Assert.DoesNotContain("§", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_content_is_400() => (await clusters.Generated.QueryJsonAsync(Pods, "")).IsStatus(400, "BadRequest");

    [Theory]
    [InlineData("[]", "FieldValueInvalid : the query must be a JSON object")]
    [InlineData("null", "FieldValueInvalid : the query must be a JSON object")]
    [InlineData("\"a\"", "FieldValueInvalid : the query must be a JSON object")]
    [InlineData("[[{\"a\":[1]}]]", "FieldValueInvalid : the query must be a JSON object")]
    [InlineData("""{"x":1}""", "FieldValueForbidden x: unknown member")]
    [InlineData("""{"Limit":1}""", "FieldValueForbidden Limit: unknown member")]
    [InlineData("""{"pretty":true}""", "FieldValueForbidden pretty: unknown member")]
    [InlineData("""{"includeObject":"None"}""", "FieldValueForbidden includeObject: unknown member")]
    [InlineData("""{"x":{"y":[1,{"z":null}]}}""", "FieldValueForbidden x: unknown member")]
    [InlineData("""{"limit":"1"}""", "FieldValueInvalid limit: must be an integer of 64 bits")]
    [InlineData("""{"limit":1.5}""", "FieldValueInvalid limit: must be an integer of 64 bits")]
    [InlineData("""{"limit":9223372036854775808}""", "FieldValueInvalid limit: must be an integer of 64 bits")]
    [InlineData("""{"timeoutSeconds":[]}""", "FieldValueInvalid timeoutSeconds: must be an integer of 64 bits")]
    [InlineData("""{"watch":"true"}""", "FieldValueInvalid watch: must be true or false")]
    [InlineData("""{"allowWatchBookmarks":1}""", "FieldValueInvalid allowWatchBookmarks: must be true or false")]
    [InlineData("""{"continue":1}""", "FieldValueInvalid continue: must be a string")]
    [InlineData("""{"resourceVersion":1}""", "FieldValueInvalid resourceVersion: must be a string")]
    [InlineData("""{"labelSelector":1}""", "FieldValueInvalid labelSelector: must be a string")]
    [InlineData("""{"labelSelector":["a"]}""", "FieldValueInvalid labelSelector: must be a string")]
    [InlineData("""{"limit":1,"limit":1}""", "FieldValueInvalid limit: is given more than once")]
    [InlineData("""{"kind":"Pod"}""", "FieldValueNotSupported kind: supported values: \"ListOptions\", \"ListQuery\"")]
    [InlineData("""{"kind":"listquery"}""", "FieldValueNotSupported kind: supported values: \"ListOptions\", \"ListQuery\"")]
    [InlineData("""{"kind":"ListOptions","apiVersion":"v1"}""", "FieldValueNotSupported apiVersion: supported value of ListOptions: \"meta.k8s.io/v1\"")]
    [InlineData("""{"kind":"ListQuery","apiVersion":"v1"}""", "FieldValueNotSupported apiVersion: supported value of ListQuery: \"query.k8s.example/v1\"")]
    [InlineData("""{"apiVersion":"query.k8s.example/v1","labelSelector":"a"}""", "FieldValueNotSupported apiVersion: supported value of ListOptions: \"meta.k8s.io/v1\"")]
    [InlineData("""{"kind":"ListQuery","labelSelector":"a"}""", "FieldValueInvalid kind: selectors of a ListQuery are structures; as text they belong to ListOptions")]
    [InlineData("""{"kind":"ListOptions","labelSelector":{}}""", "FieldValueInvalid kind: selectors of ListOptions are text; as structures they belong to a ListQuery")]
    [InlineData("""{"labelSelector":"a","fieldSelector":{}}""", "FieldValueInvalid : one selector is text and the other a structure; both must be of one form")]
    [InlineData("""{"labelSelector":"a b"}""", "FieldValueInvalid labelSelector: unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, >, <")]
    [InlineData("""{"fieldSelector":"spec.x=1"}""", "FieldValueInvalid fieldSelector: field label not supported: spec.x")]
    [InlineData("""{"fieldSelector":"metadata.uid=1"}""", "FieldValueInvalid fieldSelector: field label not supported: metadata.uid")]
    [InlineData("""{"sendInitialEvents":false}""", "FieldValueForbidden sendInitialEvents: sendInitialEvents is forbidden for list")]
    [InlineData("""{"labelSelector":{"x":1}}""", "FieldValueForbidden labelSelector.x: unknown member")]
    [InlineData("""{"labelSelector":{"matchLabels":[]}}""", "FieldValueInvalid labelSelector.matchLabels: must be an object of strings")]
    [InlineData("""{"labelSelector":{"matchLabels":{"a":1}}}""", "FieldValueInvalid labelSelector.matchLabels.a: must be a string")]
    [InlineData("""{"labelSelector":{"matchExpressions":{}}}""", "FieldValueInvalid labelSelector.matchExpressions: must be an array")]
    [InlineData("""{"labelSelector":{"matchExpressions":[1]}}""", "FieldValueInvalid labelSelector.matchExpressions[0]: must be an object")]
    [InlineData("""{"fieldSelector":{"matchFields":[]}}""", "FieldValueForbidden fieldSelector.matchFields: unknown member")]
    [InlineData("""{"fieldSelector":{"matchLabels":{}}}""", "FieldValueForbidden fieldSelector.matchLabels: unknown member")]
    public async Task Content_that_means_nothing_is_422_with_its_cause(string content, string cause)
    {
        var answer = (await clusters.Generated.QueryJsonAsync(Pods, content)).IsStatus(422, "Invalid");
        Assert.Equal([cause], answer.Causes);
    }

    [Theory]
    [InlineData("""{"operator":"Exists"}""", "FieldValueRequired $[0].key: must be given")]
    [InlineData("""{"key":"$key"}""", "FieldValueRequired $[0].operator: must be given")]
    [InlineData("""{"key":1,"operator":"Exists"}""", "FieldValueInvalid $[0].key: must be a string")]
    [InlineData("""{"key":"$key","operator":"exists"}""", "FieldValueNotSupported $[0].operator: supported values: \"In\", \"NotIn\", \"Exists\", \"DoesNotExist\"")]
    [InlineData("""{"key":"$key","operator":"Gt","values":["1"]}""", "FieldValueNotSupported $[0].operator: supported values: \"In\", \"NotIn\", \"Exists\", \"DoesNotExist\"")]
    [InlineData("""{"key":"$key","operator":"In"}""", "FieldValueRequired $[0].values: must be given when the operator is In or NotIn")]
    [InlineData("""{"key":"$key","operator":"NotIn","values":[]}""", "FieldValueRequired $[0].values: must be given when the operator is In or NotIn")]
    [InlineData("""{"key":"$key","operator":"Exists","values":["a"]}""", "FieldValueForbidden $[0].values: may not be given when the operator is Exists or DoesNotExist")]
    [InlineData("""{"key":"$key","operator":"DoesNotExist","values":["a"]}""", "FieldValueForbidden $[0].values: may not be given when the operator is Exists or DoesNotExist")]
    [InlineData("""{"key":"$key","operator":"In","values":"a"}""", "FieldValueInvalid $[0].values: must be an array of strings|FieldValueRequired $[0].values: must be given when the operator is In or NotIn")]
    [InlineData("""{"key":"$key","operator":"In","values":["a",1,"b",null]}""", "FieldValueInvalid $[0].values[1]: must be a string|FieldValueInvalid $[0].values[3]: must be a string")]
    [InlineData("""{"key":"$key","operator":"In","values":["a"],"x":{}}""", "FieldValueForbidden $[0].x: unknown member")]
    [InlineData("""{"key":"$key","key":"$key","operator":"Exists"}""", "FieldValueInvalid $[0].key: is given more than once")]
    public async Task An_expression_is_checked_part_by_part(string expression, string causes)
    {
        foreach (var (selector, key) in new[] { ("labelSelector", "app"), ("fieldSelector", "metadata.name") })
        {
            var content = $$$"""{"{{{selector}}}":{"matchExpressions":[{{{expression.Replace("$key", key, StringComparison.Ordinal)}}}]}}""";
            var answer = (await clusters.Generated.QueryJsonAsync(Pods, content)).IsStatus(422, "Invalid");
            Assert.Equal(causes.Replace("$", $"{selector}.matchExpressions", StringComparison.Ordinal).Split('|'), answer.Causes);
        }
    }

    [Fact]
    public async Task Names_of_labels_and_fields_are_checked_as_in_text()
    {
        var app = clusters.Generated;
        var labels = await app.QueryJsonAsync(Pods, """
            {"labelSelector":{"matchLabels":{"-":"a","a":"-"},"matchExpressions":[
              {"key":"a/b/c","operator":"Exists"},{"key":"a","operator":"In","values":["ok","no way"]}]}}
            """);
        Assert.Equal(
            ["labelSelector.matchLabels.-", "labelSelector.matchLabels.a", "labelSelector.matchExpressions[0].key", "labelSelector.matchExpressions[1].values[1]"],
            labels.IsStatus(422, "Invalid").Causes.Select(cause => cause.Split(' ')[1].TrimEnd(':')));
        var fields = await app.QueryJsonAsync(Pods, """{"fieldSelector":{"matchExpressions":[{"key":"spec.x","operator":"Exists"}]}}""");
        Assert.Equal(
            ["FieldValueNotSupported fieldSelector.matchExpressions[0].key: field label not supported: spec.x"],
            fields.IsStatus(422, "Invalid").Causes);
    }

    [Fact]
    public async Task All_causes_are_told_at_once_and_of_very_many_the_first_twenty()
    {
        var app = clusters.Generated;
        Assert.Equal(3, (await app.QueryJsonAsync(Pods, """{"limit":"a","x":1,"fieldSelector":"y=1"}""")).IsStatus(422, "Invalid").Causes.Count);
        var many = await app.QueryJsonAsync(Pods, $"{{{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"x{i}\":1"))}}}");
        Assert.Equal(20, many.IsStatus(422, "Invalid").Causes.Count);
        Assert.EndsWith("; and 4980 more", many.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"limit":null,"continue":null,"kind":null,"apiVersion":null,"labelSelector":null,"fieldSelector":null,"watch":null}""")]
    [InlineData("""{"labelSelector":{"matchLabels":null,"matchExpressions":null},"fieldSelector":{"matchExpressions":null}}""")]
    [InlineData("""{"labelSelector":{},"fieldSelector":{}}""")]
    [InlineData("""{"apiVersion":"query.k8s.example/v1"}""")]
    [InlineData("""{"kind":"ListQuery","limit":0,"timeoutSeconds":1,"allowWatchBookmarks":true,"watch":false}""")]
    [InlineData(" \r\n\t{ } \n")]
    public async Task What_asks_for_nothing_lists_everything(string content)
    {
        var answer = await clusters.Generated.QueryJsonAsync(Pods, content);
        Assert.Equal(200, answer.Code);
        Assert.Equal(1000, answer.Names.Count);
    }

    [Theory]
    [InlineData("""{"key":"spec.nodeName","operator":"Exists"}""", "spec.nodeName!=")]
    [InlineData("""{"key":"spec.nodeName","operator":"DoesNotExist"}""", "spec.nodeName=")]
    [InlineData("""{"key":"spec.nodeName","operator":"In","values":["","absent"]}""", "spec.nodeName=")]
    [InlineData("""{"key":"status.phase","operator":"NotIn","values":["Running","Failed"]}""", "status.phase!=Running,status.phase!=Failed")]
    [InlineData("""{"key":"metadata.namespace","operator":"In","values":["workload-1","absent"]}""", "metadata.namespace=workload-1")]
    [InlineData("""{"key":"metadata.namespace","operator":"NotIn","values":["workload-1"]}""", "metadata.namespace!=workload-1")]
    public async Task Field_expressions_select_what_the_text_form_selects(string expression, string text)
    {
        var get = await clusters.Generated.GetAsync(Pods, ("fieldSelector", text));
        var query = await clusters.Generated.QueryJsonAsync(Pods, $$$"""{"fieldSelector":{"matchExpressions":[{{{expression}}}]}}""");
        Assert.Equal(200, query.Code);
        Assert.Equal(get.Names, query.Names);
    }

    [Fact]
    public async Task Objects_are_found_by_their_uids_wherever_they_are()
    {
        var list = (await clusters.Generated.GetAsync(Pods)).Json.GetProperty("items");
        var items = list.EnumerateArray().Select(item => item.GetProperty("metadata")).ToArray();
        var wanted = new[] { items[700], items[3], items[42] };
        var uids = JsonSerializer.Serialize(wanted.Select(item => item.GetProperty("uid").GetString()).Append("absent"));
        var content = $$$"""{"fieldSelector":{"matchExpressions":[{"key":"metadata.uid","operator":"In","values":{{{uids}}}}]}}""";
        var found = await clusters.Generated.QueryJsonAsync(Pods, content);
        Assert.Equal(new[] { items[3], items[42], items[700] }.Select(item => item.GetProperty("name").GetString()), found.Names);
        Assert.Empty((await clusters.Generated.QueryJsonAsync("/api/v1/namespaces/default/pods", content)).Names);
    }

    /// <summary>The public corpus of JSON texts: what must not parse is 400, what must parse never is.</summary>
    [Fact]
    public async Task The_public_corpus_of_JSON_texts_is_told_apart()
    {
        var path = SharedData.Require("json-test-suite.json");
        using var suite = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var seen = 0;
        foreach (var entry in suite.RootElement.GetProperty("cases").EnumerateObject())
        {
            var name = entry.Name;
            var answer = await clusters.Generated.QueryJsonAsync(Pods, entry.Value.GetBytesFromBase64());
            Assert.True(
                name[0] switch { 'n' => answer.Code == 400, 'y' => answer.Code is 200 or 422, _ => answer.Code is 200 or 400 or 422 },
                $"{name}: {answer.Code} {answer.Text}");
            seen++;
        }

        Assert.InRange(seen, 300, 400);
    }
}
