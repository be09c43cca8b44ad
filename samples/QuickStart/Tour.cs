using System.Net.Http.Headers;
using System.Text;
using HttpQuery;

namespace QuickStart;

/// <summary>Starts the server, asks it in every way that matters, and prints the octets of each exchange.</summary>
internal static class Tour
{
    private const string Query = """{"match":"cache","fromYear":2014,"limit":10}""";

    /// <returns>0 where every answer had the expected status, else 1.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        await using var app = FullServer.Create("--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning");
        await app.StartAsync();

        using var wire = new WireRecorder();
        using var http = new HttpClient(wire.Handler) { BaseAddress = new(app.Urls.First()) };
        output.WriteLine("QUERY (RFC 10008): a GET with content. Each exchange as it went over the wire:");

        var step = 0;
        var unexpected = 0;
        var tag = "";
        foreach (var (explanation, status, send) in Steps())
        {
            using var response = await send(http, tag);
            tag = response.Headers.ETag?.ToString() ?? tag;
            output.WriteLine();
            output.WriteLine($"{++step}. {explanation}");
            output.WriteLine();
            output.WriteLine(wire.TakeExchange());
            if ((int)response.StatusCode == status) continue;
            unexpected++;
            output.WriteLine($"   Expected {status}.");
        }

        output.WriteLine();
        output.WriteLine("In code, the first one is:");
        output.WriteLine();
        foreach (var rfc in await Client.AskAsync(http)) output.WriteLine($"   RFC {rfc.Number}  {rfc.Title} ({rfc.Year})");
        output.WriteLine();
        output.WriteLine(unexpected == 0 ? $"All {step} answers as expected." : $"{unexpected} of {step} answers were not as expected.");
        return unexpected == 0 ? 0 : 1;
    }

    // Each step is given the entity tag that came last.
    private static IEnumerable<(string Explanation, int Status, Func<HttpClient, string, Task<HttpResponseMessage>> Send)> Steps() =>
    [
        ("200: the query is the content, the URI says what is queried. Safe and idempotent, so it may be cached and sent again.", 200,
            (http, _) => http.QueryAsync("/rfcs", Json(Query))),
        ("200: the same query as a form. One path takes both, and Accept-Query says so.", 200,
            (http, _) => http.QueryAsync("/rfcs", Text("application/x-www-form-urlencoded", "match=cache&fromYear=2014&limit=10"))),
        ("200: the same result as CSV, by Accept. ETag names this very result, and Accept-Ranges offers it in parts.", 200,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv")))),
        ("406: a media type that nobody here writes. The answer names those that somebody does.", 406,
            (http, _) => http.SendAsync(Ask(("Accept", "image/png")))),
        ("304: the CSV once more, with its tag. The index has not changed, so nothing is searched and nothing sent.", 304,
            (http, tag) => http.SendAsync(Ask(("Accept", "text/csv"), ("If-None-Match", tag)))),
        ("412: this result or none, and the index has moved on from the one with that tag.", 412,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv"), ("If-Match", "\"of-last-year\"")))),
        ("206: the CSV broke off after 100 octets. The rest of it, or by If-Range all of it where it has changed.", 206,
            (http, tag) => http.SendAsync(Ask(("Accept", "text/csv"), ("Range", "bytes=100-"), ("If-Range", tag)))),
        ("206: two parts at once, the line of names and the last entry.", 206,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv"), ("Range", "bytes=0-29,-49")))),
        ("416: a part that lies behind the end. Content-Range says where the end is.", 416,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv"), ("Range", "bytes=1000-")))),
        ("400: without a Content-Type there is no telling what the content means.", 400,
            (http, _) => http.SendAsync(new(HttpMethod.Query, "/rfcs") { Content = new ByteArrayContent("cache"u8.ToArray()) })),
        ("415: a media type that nobody here reads. Accept-Query and Accept name those that somebody does.", 415,
            (http, _) => http.QueryAsync("/rfcs", Text("application/sql", "select * from rfcs"))),
        ("400: JSON that is none, with the place where it stops being JSON.", 400,
            (http, _) => http.QueryAsync("/rfcs", Json("""{"match":"cache","fromYear":}"""))),
        ("422: well formed, but nothing that this index could answer.", 422,
            (http, _) => http.QueryAsync("/rfcs", Json("""{"status":"Rumour","limit":1000}"""))),
        ("204: OPTIONS, answered without a line of code.", 204,
            (http, _) => http.SendAsync(new(HttpMethod.Options, "/rfcs"))),
        ("204: OPTIONS from a browser, before a script of another origin may send QUERY. Here every origin may.", 204,
            (http, _) => http.SendAsync(Request(HttpMethod.Options,
                ("Origin", "https://app.example"), ("Access-Control-Request-Method", "QUERY"), ("Access-Control-Request-Headers", "content-type")))),
        ("200: HEAD. GET and HEAD of a path announce what its QUERY accepts.", 200,
            (http, _) => http.SendAsync(new(HttpMethod.Head, "/rfcs"))),
        ("405: a method that is not there.", 405,
            (http, _) => http.DeleteAsync("/rfcs")),
    ];

    private static HttpRequestMessage Ask(params (string Name, string Value)[] fields)
    {
        var request = Request(HttpMethod.Query, fields);
        request.Content = Json(Query);
        return request;
    }

    private static HttpRequestMessage Request(HttpMethod method, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(method, "/rfcs");
        foreach (var (name, value) in fields) request.Headers.Add(name, value);
        return request;
    }

    private static ByteArrayContent Json(string content) => Text("application/json", content);

    private static ByteArrayContent Text(string mediaType, string content) =>
        new(Encoding.UTF8.GetBytes(content)) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
}
