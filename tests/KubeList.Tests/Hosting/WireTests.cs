using System.Text;
using System.Text.Json;

namespace KubeList.Tests.Hosting;

/// <summary>The sample on a real socket, octet by octet.</summary>
public class WireTests
{
    private const string Json = "Content-Type: application/json";
    private const string Form = "Content-Type: application/x-www-form-urlencoded";

    [Fact]
    public async Task A_real_cluster_answers_each_kind_of_content_as_it_answers_GET()
    {
        await using var app = new KubeApp(("load", SharedData.Require("real-cluster.json")));
        var port = app.StartKestrel();
        var get = await RawHttp.SendAsync(port, "GET /api/v1/pods?labelSelector=app%20in%20(prometheus,packageserver)&limit=3", []);
        Assert.Equal(200, get.Status);
        Assert.Equal("application/json", get["Content-Type"]);
        Assert.Equal("application/json, application/x-www-form-urlencoded", get["Accept-Query"]);
        using var list = JsonDocument.Parse(get.Content);
        Assert.Equal("PodList", list.RootElement.GetProperty("kind").GetString());
        Assert.Equal(3, list.RootElement.GetProperty("items").GetArrayLength());

        string[][] queries =
        [
            [Form, "labelSelector=app+in+(prometheus,packageserver)&limit=3"],
            [Json, """{"kind":"ListOptions","apiVersion":"meta.k8s.io/v1","labelSelector":"app in (prometheus,packageserver)","limit":3}"""],
            [Json, """
                {"kind":"ListQuery","apiVersion":"query.k8s.example/v1","limit":3,"labelSelector":{
                  "matchExpressions":[{"key":"app","operator":"In","values":["prometheus","packageserver"]}]}}
                """],
        ];
        foreach (var query in queries)
        {
            var answer = await RawHttp.SendAsync(port, "QUERY /api/v1/pods", [query[0]], query[1]);
            Assert.Equal(get.Status, answer.Status);
            Assert.Equal(get.ContentText, answer.ContentText);
            Assert.Equal(get.Fields.Where(field => field.Name != "Date"), answer.Fields.Where(field => field.Name != "Date"));
        }
    }

    [Fact]
    public async Task Twenty_thousand_names_go_into_a_QUERY_and_not_into_a_GET()
    {
        await using var app = new KubeApp();
        var port = app.StartKestrel();
        using var pods = JsonDocument.Parse((await RawHttp.SendAsync(port, "GET /api/v1/pods", [])).Content);
        string[] present = [.. Names(pods).Take(500)];
        string[] names = [.. present, .. Enumerable.Range(0, 19_500).Select(i => $"absent-deployment-{i:D5}-bcdfghjklm-{i:D5}")];
        var query = JsonSerializer.Serialize(new
        {
            kind = "ListQuery",
            apiVersion = "query.k8s.example/v1",
            fieldSelector = new { matchExpressions = new[] { new { key = "metadata.name", @operator = "In", values = names } } },
        });
        Assert.InRange(query.Length, 800_000, 1_000_000);

        var answer = await RawHttp.SendAsync(port, "QUERY /api/v1/pods", [Json], query);
        Assert.Equal(200, answer.Status);
        using var list = JsonDocument.Parse(answer.Content);
        Assert.Equal(present, Names(list));

        var labels = Uri.EscapeDataString($"app in ({string.Join(',', names)})");
        Assert.Equal(414, (await RawHttp.SendAsync(port, $"GET /api/v1/pods?labelSelector={labels}", [])).Status);
    }

    [Fact]
    public async Task Coded_content_is_415_with_the_codings_that_are_taken()
    {
        await using var app = new KubeApp(("pods", "1"));
        var port = app.StartKestrel();
        var answer = await RawHttp.SendAsync(port, "QUERY /api/v1/pods", [Json, "Content-Encoding: gzip"], "{}");
        Assert.Equal((415, "identity"), (answer.Status, answer["Accept-Encoding"]));
        Assert.Equal(200, (await RawHttp.SendAsync(port, "QUERY /api/v1/pods", [Json, "Content-Encoding: identity"], "{}")).Status);
    }

    [Theory]
    [InlineData("a=%", 3)]
    [InlineData("a=%4", 3)]
    [InlineData("a=%zz", 3)]
    [InlineData("ab%%41=1", 3)]
    [InlineData("limit=1&labelSelector=ab%c3%28", 23)]
    public async Task An_escape_in_a_URI_that_is_malformed_is_400_with_its_position(string query, int @byte)
    {
        await using var app = new KubeApp(("pods", "1"));
        var answer = await RawHttp.SendAsync(app.StartKestrel(), $"GET /api/v1/pods?{query}", []);
        Assert.Equal(400, answer.Status);
        Assert.Matches($"\"the URI query does not parse: [^\"]* at byte {@byte}\"", answer.ContentText);
    }

    [Fact]
    public async Task A_large_list_arrives_whole_and_with_its_length()
    {
        await using var app = new KubeApp();
        var port = app.StartKestrel();
        var answer = await RawHttp.SendAsync(port, "GET /api/v1/pods", []);
        Assert.Equal($"{answer.Content.Length}", answer["Content-Length"]);
        using var list = JsonDocument.Parse(answer.Content);
        Assert.Equal(1000, list.RootElement.GetProperty("items").GetArrayLength());
        var head = await RawHttp.SendAsync(port, "HEAD /api/v1/pods", []);
        Assert.Equal((200, 0), (head.Status, head.Content.Length));
        Assert.Equal(answer["Content-Length"], head["Content-Length"]);
    }

    /// <summary>Requests as an adversary writes them; each is refused, none is the server's fault, and it goes on serving.</summary>
    [Fact]
    public async Task Odd_and_broken_requests_are_the_clients_errors()
    {
        await using var app = new KubeApp(("pods", "50"));
        var port = app.StartKestrel();
        var deep = new string('[', 1_000_000);
        var wide = string.Join(',', Enumerable.Repeat("a", 500_000));
        (string Line, string[] Fields, byte[] Content)[] requests =
        [
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes(deep)),
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes("{\"a\":" + deep)),
            ("QUERY /api/v1/pods", [Json], [.. "{\"limit\":1,\"x\":\""u8, 0xFF, 0xFE, .. "\"}"u8]),
            ("QUERY /api/v1/pods", [Json], [.. "{\"continue\":\""u8, 0xC3, 0x28, .. "\"}"u8]),
            ("QUERY /api/v1/pods", [Json], [.. "{\""u8, 0xED, 0xA0, 0x80, .. "\":1}"u8]),
            ("QUERY /api/v1/pods", [Json], new byte[1000]),
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes($"{{\"limit\":{new string('9', 1_000_000)}}}")),
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes($"{{\"continue\":\"{new string('A', 2_000_000)}\"}}")),
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes($"{{\"labelSelector\":\"{wide}\"}}")),
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes($"{{\"labelSelector\":\"a in ({wide})\"}}")),
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes($"{{\"fieldSelector\":\"{new string('\\', 1_000_000)}\"}}")),
            ("QUERY /api/v1/pods", [Json], Encoding.UTF8.GetBytes($"{{{string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"{i}\":0"))}}}")),
            ("QUERY /api/v1/pods", [Json, "Content-Encoding: gzip"], [0x1F, 0x8B, 8, 0]),
            ("QUERY /api/v1/pods", [Form], Encoding.UTF8.GetBytes("labelSelector=" + new string('%', 3_000_000))),
            ("QUERY /api/v1/pods", [Form], Encoding.UTF8.GetBytes("labelSelector=" + new string('!', 3_000_000))),
            ("QUERY /api/v1/pods", [Form], Encoding.UTF8.GetBytes("labelSelector=" + new string('(', 3_000_000))),
            ("QUERY /api/v1/pods", [Form], Encoding.UTF8.GetBytes("labelSelector=" + new string('a', 3_000_000))),
            ("QUERY /api/v1/pods", [Form], Encoding.UTF8.GetBytes("labelSelector=a+in+(" + new string(',', 3_000_000))),
            ("QUERY /api/v1/pods", [Form], Encoding.UTF8.GetBytes("fieldSelector=" + string.Concat(Enumerable.Repeat("metadata.name!=a,", 170_000)))),
            ("QUERY /api/v1/pods", [Form], [.. "labelSelector=a%3D"u8, 0xFF]),
            ("QUERY /api/v1/pods?limit=%00", [Form], []),
            ("QUERY /api/v1/pods", [Json, Form], [.. "{}"u8]),
            ("QUERY /api/v1/pods", ["Content-Type: ;"], [.. "{}"u8]),
            ("QUERY /api/v1/pods", [Json, "Accept: ,,;q=x"], [.. "{}"u8]),
            ("QUERY /api/v1/pods", [Json, "Transfer-Encoding: chunked"], [.. "zz\r\n"u8]),
            ("GET /api/v1/pods?labelSelector=%ff", [], []),
            ("GET /api/v1/pods?continue=%F0%9F%92%A9", [], []),
            ("GET /api/v1/namespaces/%00/pods/x", [], []),
            ("GET /api/v1/namespaces/a%2Fb/pods/..%2f..", [], []),
        ];
        foreach (var (line, fields, content) in requests)
        {
            // A Transfer-Encoding of its own makes the request malformed; others state their length.
            var length = fields.Any(field => field.StartsWith("Transfer", StringComparison.Ordinal)) ? "" : $"Content-Length: {content.Length}\r\n";
            var head = $"{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{string.Concat(fields.Select(field => field + "\r\n"))}{length}\r\n";
            var answer = await RawHttp.SendAsync(port, [.. Encoding.Latin1.GetBytes(head), .. content]);
            Assert.True(answer.Status is >= 400 and < 500, $"{line} {string.Join(' ', fields)}: {answer.Status}");
            Assert.InRange(answer.Content.Length, 0, 10_000);
        }

        Assert.Equal(200, (await RawHttp.SendAsync(port, "GET /api/v1/pods", [])).Status);
    }

    [Fact]
    public async Task Content_that_breaks_off_does_not_harm_the_server()
    {
        await using var app = new KubeApp(("pods", "1"));
        var port = app.StartKestrel();
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            var cut = $"QUERY /api/v1/pods HTTP/1.1\r\nHost: a\r\n{Json}\r\nContent-Length: 100\r\n\r\n{{";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(cut), TestContext.Current.CancellationToken);
        }

        Assert.Equal(200, (await RawHttp.SendAsync(port, "GET /api/v1/pods", [])).Status);
    }

    private static IEnumerable<string> Names(JsonDocument list) => list.RootElement.GetProperty("items").EnumerateArray()
        .Select(item => item.GetProperty("metadata").GetProperty("name").GetString()!);
}
