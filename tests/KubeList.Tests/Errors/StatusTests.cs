using KubeList.Tests.Hosting;

namespace KubeList.Tests.Errors;

/// <summary>Errors are <c>Status</c> objects, whoever decides on them (section 8 of the list API).</summary>
public class StatusTests(SharedClusters clusters) : IClassFixture<SharedClusters>
{
    private const string Pods = "/api/v1/pods";
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly HttpMethod Query = new("QUERY");

    [Theory]
    [InlineData("labelSelector", "a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, >, <")]
    [InlineData("labelSelector", "-", "unable to parse requirement: Invalid value: \"-\"")]
    [InlineData("fieldSelector", "x=1", "field label not supported: x")]
    [InlineData("fieldSelector", "metadata.uid=1", "field label not supported: metadata.uid")]
    [InlineData("fieldSelector", @"metadata.name=\x", "invalid field selector")]
    [InlineData("fieldSelector", "x", "invalid selector: can't understand 'x'")]
    [InlineData("limit", "x", "limit: \"x\" is no integer of 64 bits")]
    [InlineData("limit", "9223372036854775808", "is no integer of 64 bits")]
    [InlineData("timeoutSeconds", "1s", "timeoutSeconds: \"1s\" is no integer of 64 bits")]
    public async Task What_a_selector_or_number_is_wrong_in_is_400_in_a_URI_and_422_in_content(string name, string value, string message)
    {
        var get = (await clusters.Generated.GetAsync(Pods, (name, value))).IsStatus(400, "BadRequest");
        Assert.Contains(message, get.Message, StringComparison.Ordinal);
        Assert.False(get.Json.TryGetProperty("details", out _));

        var query = (await clusters.Generated.QueryFormAsync(Pods, (name, value))).IsStatus(422, "Invalid");
        Assert.StartsWith($"FieldValueInvalid {name}: ", Assert.Single(query.Causes), StringComparison.Ordinal);
        Assert.Contains(message, query.Message, StringComparison.Ordinal);

        // The content is in order; the URI is what is wrong.
        (await clusters.Generated.QueryFormAsync(Pods + KubeApp.UriQuery([(name, value)]))).IsStatus(400, "BadRequest");
    }

    [Theory]
    [InlineData("labelSelector", "a", "labelSelector=a")]
    [InlineData("limit", "1", "limit=2")]
    [InlineData("continue", "", "continue=")]
    [InlineData("watch", "0", "watch=0")]
    public async Task An_option_in_the_URI_and_in_the_content_is_400(string name, string value, string content)
    {
        var uri = Pods + KubeApp.UriQuery([(name, value)]);
        var answer = (await clusters.Generated.SendAsync(Query, uri, content, Form)).IsStatus(400, "BadRequest");
        Assert.Equal($"{name} is given both in the URI and in the content; give it in one of them", answer.Message);
    }

    [Fact]
    public async Task The_same_holds_for_JSON_content() =>
        (await clusters.Generated.QueryJsonAsync($"{Pods}?labelSelector=a", """{"labelSelector":{}}""")).IsStatus(400, "BadRequest");

    [Theory]
    [InlineData("a=%", 3)]
    [InlineData("a=%4", 3)]
    [InlineData("a=%zz", 3)]
    [InlineData("ab%%41=1", 3)]
    [InlineData("limit=1&labelSelector=ab%c3%28", 23)]
    public async Task An_escape_in_a_form_that_is_malformed_is_400_with_its_position(string query, int @byte)
    {
        var form = (await clusters.Generated.SendAsync(Query, Pods, query, Form)).IsStatus(400, "BadRequest");
        Assert.StartsWith("the content does not parse: ", form.Message, StringComparison.Ordinal);
        Assert.EndsWith($" at byte {@byte}", form.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fieldManager=x&pretty=true&timeout=32s&fieldValidation=Strict&dryRun=All&a&&=&b=")]
    [InlineData("LIMIT=1")]
    [InlineData("limit=")]
    [InlineData("?limit=1")]
    [InlineData("&")]
    public async Task Names_that_are_no_options_are_ignored_in_URI_and_form(string query)
    {
        Assert.Equal(1000, (await clusters.Generated.SendAsync(HttpMethod.Get, $"{Pods}?{query}")).Names.Count);
        Assert.Equal(1000, (await clusters.Generated.SendAsync(Query, Pods, query, Form)).Names.Count);
    }

    [Fact]
    public async Task Of_an_option_given_several_times_the_first_counts()
    {
        Assert.Equal(2, (await clusters.Generated.SendAsync(HttpMethod.Get, $"{Pods}?limit=2&limit=5")).Names.Count);
        Assert.Equal(2, (await clusters.Generated.SendAsync(Query, Pods, "limit=2&limit=5", Form)).Names.Count);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("yes")]
    public async Task A_watch_is_refused_and_never_answered_as_a_list(string value)
    {
        var answer = (await clusters.Generated.GetAsync(Pods, ("watch", value))).IsStatus(405, "MethodNotAllowed");
        Assert.Equal("watch is not supported on resources of kind \"pods\"", answer.Message);
        Assert.Equal("GET, HEAD, QUERY, OPTIONS", answer.Fields["Allow"]);
        (await clusters.Generated.QueryFormAsync(Pods, ("watch", value))).IsStatus(405, "MethodNotAllowed");
        (await clusters.Generated.QueryJsonAsync(Pods, """{"watch":true,"resourceVersionMatch":"NotOlderThan","sendInitialEvents":true}"""))
            .IsStatus(405, "MethodNotAllowed");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("False")]
    public async Task A_watch_that_is_declined_is_a_list(string value) =>
        Assert.Equal(1000, (await clusters.Generated.GetAsync(Pods, ("watch", value))).Names.Count);

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Writing_is_405_with_what_is_allowed(string method)
    {
        var list = (await clusters.Generated.SendAsync(new(method), Pods)).IsStatus(405, "MethodNotAllowed");
        Assert.Equal(["GET", "HEAD", "OPTIONS", "QUERY"], list.Fields["Allow"].Split(", ").Order());
        Assert.Equal("application/json, application/x-www-form-urlencoded", list.Fields["Accept-Query"]);
        var single = await clusters.Generated.SendAsync(new(method), "/api/v1/nodes/node-00001", "{}", "application/json");
        Assert.Equal("GET, HEAD", single.IsStatus(405, "MethodNotAllowed").Fields["Allow"]);
    }

    [Fact]
    public async Task A_single_object_does_not_take_QUERY() =>
        (await clusters.Generated.QueryJsonAsync("/api/v1/nodes/node-00001", "{}")).IsStatus(405, "MethodNotAllowed");

    [Theory]
    [InlineData("/")]
    [InlineData("/api/v1/services")]
    [InlineData("/api/v1/namespaces/default/nodes")]
    [InlineData("/api/v1/namespaces/default/pods/x/log")]
    [InlineData("/apis/apps/v1/deployments")]
    public async Task An_unknown_path_is_404(string path) => (await clusters.Generated.GetAsync(path)).IsStatus(404, "NotFound");

    [Fact]
    public async Task QUERY_without_a_content_type_is_400()
    {
        var answer = (await clusters.Generated.SendAsync(Query, Pods, "{}")).IsStatus(400, "BadRequest");
        Assert.Contains("Content-Type", answer.Message, StringComparison.Ordinal);
        Assert.Equal("application/json, application/x-www-form-urlencoded", answer.Fields["Accept-Query"]);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/jsonpath")]
    [InlineData("application/vnd.kubernetes.protobuf")]
    [InlineData("multipart/form-data; boundary=a")]
    public async Task Another_content_type_is_415_with_those_that_are_taken(string type)
    {
        var answer = (await clusters.Generated.SendAsync(Query, Pods, "x", type)).IsStatus(415, "UnsupportedMediaType");
        Assert.Equal("application/json, application/x-www-form-urlencoded", answer.Fields["Accept-Query"]);
        Assert.Equal("application/json, application/x-www-form-urlencoded", answer.Fields["Accept"]);
    }

    [Theory]
    [InlineData("Application/JSON; charset=utf-8", "{\"limit\":3}")]
    [InlineData("application/json;g=x;v=1", "{\"limit\":3}")]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED ; charset=UTF-8", "limit=3")]
    public async Task Content_types_compare_without_case_and_parameters(string type, string content) =>
        Assert.Equal(3, (await clusters.Generated.SendAsync(Query, Pods, content, type)).Names.Count);

    [Fact]
    public async Task OPTIONS_tells_what_a_list_path_takes()
    {
        var answer = await clusters.Generated.SendAsync(HttpMethod.Options, "/api/v1/namespaces/x/pods");
        Assert.Equal(204, answer.Code);
        Assert.Equal(["GET", "HEAD", "OPTIONS", "QUERY"], answer.Fields["Allow"].Split(", ").Order());
        Assert.Equal("application/json, application/x-www-form-urlencoded", answer.Fields["Accept-Query"]);
    }

    [Theory]
    [InlineData("GET", Pods)]
    [InlineData("HEAD", "/api/v1/nodes")]
    [InlineData("GET", "/api/v1/namespaces/x/pods?limit=x")]
    [InlineData("GET", "/api/v1/namespaces?watch=1")]
    public async Task Every_answer_on_a_list_path_names_the_types_of_queries(string method, string path) => Assert.Equal(
        "application/json, application/x-www-form-urlencoded",
        (await clusters.Generated.SendAsync(new(method), path)).Fields["Accept-Query"]);
}
