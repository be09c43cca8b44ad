using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using HttpQuery;

namespace QuickStart;

/// <summary>Starts the server, sends it every kind of QUERY, and prints the bytes of each exchange.</summary>
internal static class Tour
{
    private const string Query = """{"match":"cache","fromYear":2014,"limit":10}""";

    /// <summary>Arguments of a server that only this process asks: a port of its own, no log, and a secret for its URIs.</summary>
    public static string[] Arguments { get; } =
    [
        "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning",
        "--HttpQuery:LocationKeys:0", RandomNumberGenerator.GetHexString(64),
    ];

    /// <returns>0 if every response was as expected, else 1.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        await using var app = FullServer.Create(Arguments);
        await app.StartAsync();

        using var wire = new WireRecorder();
        using var http = new HttpClient(wire.Handler) { BaseAddress = new(app.Urls.First()) };
        output.WriteLine("QUERY (RFC 10008): a GET with content. Each exchange as it went over the wire:");

        var step = 0;
        var unexpected = 0;
        var last = new Known("", "", "");
        foreach (var (explanation, status, send) in Steps())
        {
            using var response = await send(http, last);
            last = Read(response, last);
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

        (step, var more) = await ClientTour.RunAsync(output, step);
        unexpected += more;
        output.WriteLine();
        output.WriteLine(unexpected == 0 ? $"All {step} responses as expected." : $"{unexpected} of {step} responses were not as expected.");
        return unexpected == 0 ? 0 : 1;
    }

    // Each step is given the tag and the URIs that came last.
    private static IEnumerable<(string Explanation, int Status, Func<HttpClient, Known, Task<HttpResponseMessage>> Send)> Steps() =>
    [
        ("200: the content is the query, and the URI is what it searches. It is safe and idempotent, so it may be cached and sent again.", 200,
            (http, _) => http.QueryAsync("/rfcs", Json(Query))),
        ("200: the same query as a form. One path accepts both, and Accept-Query says so.", 200,
            (http, _) => http.QueryAsync("/rfcs", Text("application/x-www-form-urlencoded", "match=cache&fromYear=2014&limit=10"))),
        ("200: the same result as CSV, by Accept. ETag identifies this result, and Accept-Ranges offers it in parts.", 200,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv")))),
        ("406: a media type that this path does not produce. The response lists those that it does.", 406,
            (http, _) => http.SendAsync(Ask(("Accept", "image/png")))),
        ("304: the CSV again, with its tag. The index has not changed, so the server neither searches nor sends content.", 304,
            (http, last) => http.SendAsync(Ask(("Accept", "text/csv"), ("If-None-Match", last.Tag)))),
        ("412: the client wants only the result with that tag, and the index has changed since.", 412,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv"), ("If-Match", "\"of-last-year\"")))),
        ("206: the rest of a CSV that broke off after 100 bytes. If-Range asks for all of it if it has changed.", 206,
            (http, last) => http.SendAsync(Ask(("Accept", "text/csv"), ("Range", "bytes=100-"), ("If-Range", last.Tag)))),
        ("206: two parts in one response, the header line and the last entry.", 206,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv"), ("Range", "bytes=0-29,-49")))),
        ("416: a part behind the end. Content-Range says where the end is.", 416,
            (http, _) => http.SendAsync(Ask(("Accept", "text/csv"), ("Range", "bytes=1000-")))),
        ("200: GET of the Location that the results named. It repeats the query without content, so any cache can store the result.", 200,
            (http, last) => http.SendAsync(Request(HttpMethod.Get, last.Location, ("Accept", "text/csv")))),
        ("304: the same with the tag of that result.", 304,
            (http, last) => http.SendAsync(Request(HttpMethod.Get, last.Location, ("Accept", "text/csv"), ("If-None-Match", last.Tag)))),
        ("200: GET of the Content-Location. It names this one result, which stays as it is when the index changes.", 200,
            (http, last) => http.GetAsync(last.ContentLocation)),
        ("200: the query by POST, where a proxy or a client knows no QUERY. The server takes the method from X-HTTP-Method-Override.", 200,
            (http, _) => http.SendAsync(Overridden())),
        ("200: the query as compressed content.", 200,
            (http, _) => http.QueryAsync("/rfcs", Gzip(Query))),
        ("400: without a Content-Type the server cannot know what the content means.", 400,
            (http, _) => http.SendAsync(new(HttpMethod.Query, "/rfcs") { Content = new ByteArrayContent("cache"u8.ToArray()) })),
        ("415: a media type that this path does not accept. Accept-Query and Accept list those that it does.", 415,
            (http, _) => http.QueryAsync("/rfcs", Text("application/sql", "select * from rfcs"))),
        ("400: malformed JSON, and the position of the first error.", 400,
            (http, _) => http.QueryAsync("/rfcs", Json("""{"match":"cache","fromYear":}"""))),
        ("422: a well-formed query that this index cannot process.", 422,
            (http, _) => http.QueryAsync("/rfcs", Json("""{"status":"Rumour","limit":1000}"""))),
        ("204: OPTIONS, which needs no code.", 204,
            (http, _) => http.SendAsync(new(HttpMethod.Options, "/rfcs"))),
        ("204: OPTIONS from a browser, before a script of another origin may send QUERY. This server allows every origin.", 204,
            (http, _) => http.SendAsync(Request(HttpMethod.Options, "/rfcs",
                ("Origin", "https://app.example"), ("Access-Control-Request-Method", "QUERY"), ("Access-Control-Request-Headers", "content-type")))),
        ("200: HEAD. Responses to GET and HEAD say what QUERY accepts at the same path.", 200,
            (http, _) => http.SendAsync(new(HttpMethod.Head, "/rfcs"))),
        ("405: a method that this path does not have.", 405,
            (http, _) => http.DeleteAsync("/rfcs")),
    ];

    private static Known Read(HttpResponseMessage response, Known last) => new(
        response.Headers.ETag?.ToString() ?? last.Tag,
        response.Headers.Location?.ToString() ?? last.Location,
        response.Content.Headers.ContentLocation?.ToString() ?? last.ContentLocation);

    private static HttpRequestMessage Ask(params (string Name, string Value)[] fields)
    {
        var request = Request(HttpMethod.Query, "/rfcs", fields);
        request.Content = Json(Query);
        return request;
    }

    private static HttpRequestMessage Overridden()
    {
        var request = Request(HttpMethod.Post, "/rfcs", ("X-HTTP-Method-Override", "QUERY"));
        request.Content = Json(Query);
        return request;
    }

    private static HttpRequestMessage Request(HttpMethod method, string target, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(method, target);
        foreach (var (name, value) in fields) request.Headers.Add(name, value);
        return request;
    }

    private static ByteArrayContent Json(string content) => Text("application/json", content);

    private static ByteArrayContent Gzip(string content)
    {
        using var coded = new MemoryStream();
        using (var gzip = new GZipStream(coded, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(content));
        return new(coded.ToArray()) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };
    }

    private static ByteArrayContent Text(string mediaType, string content) =>
        new(Encoding.UTF8.GetBytes(content)) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    /// <summary>What the responses before named.</summary>
    /// <param name="Tag">The entity tag.</param>
    /// <param name="Location">URI of the query.</param>
    /// <param name="ContentLocation">URI of the result.</param>
    private sealed record Known(string Tag, string Location, string ContentLocation);
}
