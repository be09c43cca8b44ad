using System.Net.Http.Headers;
using System.Text;
using HttpQuery;

namespace QuickStart;

/// <summary>Starts the server, asks it in every way that matters, and prints the octets of each exchange.</summary>
internal static class Tour
{
    /// <returns>0 where every answer had the expected status, else 1.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        await using var app = Server.Create("--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning");
        await app.StartAsync();

        using var wire = new WireRecorder();
        using var http = new HttpClient(wire.Handler) { BaseAddress = new(app.Urls.First()) };
        output.WriteLine("QUERY (RFC 10008): a GET with content. Each exchange as it went over the wire:");

        var step = 0;
        var unexpected = 0;
        foreach (var (explanation, status, send) in Steps())
        {
            using var response = await send(http);
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

    private static IEnumerable<(string Explanation, int Status, Func<HttpClient, Task<HttpResponseMessage>> Send)> Steps() =>
    [
        ("200: the query is the content, the URI says what is queried. Safe and idempotent, so it may be cached and sent again.", 200,
            http => http.QueryAsync("/rfcs", Json("""{"match":"cache","fromYear":2014,"limit":10}"""))),
        ("200: the same query as a form. One path takes both, and Accept-Query says so.", 200,
            http => http.QueryAsync("/rfcs", Text("application/x-www-form-urlencoded", "match=cache&fromYear=2014&limit=10"))),
        ("400: without a Content-Type there is no telling what the content means.", 400,
            http => http.SendAsync(new(HttpMethod.Query, "/rfcs") { Content = new ByteArrayContent("cache"u8.ToArray()) })),
        ("415: a media type that nobody here reads. Accept-Query and Accept name those that somebody does.", 415,
            http => http.QueryAsync("/rfcs", Text("application/sql", "select * from rfcs"))),
        ("400: JSON that is none, with the place where it stops being JSON.", 400,
            http => http.QueryAsync("/rfcs", Json("""{"match":"cache","fromYear":}"""))),
        ("422: well formed, but nothing that this index could answer.", 422,
            http => http.QueryAsync("/rfcs", Json("""{"status":"Rumour","limit":1000}"""))),
        ("204: OPTIONS, answered without a line of code.", 204,
            http => http.SendAsync(new(HttpMethod.Options, "/rfcs"))),
        ("200: HEAD. GET and HEAD of a path announce what its QUERY accepts.", 200,
            http => http.SendAsync(new(HttpMethod.Head, "/rfcs"))),
        ("405: a method that is not there.", 405,
            http => http.DeleteAsync("/rfcs")),
    ];

    private static ByteArrayContent Json(string content) => Text("application/json", content);

    private static ByteArrayContent Text(string mediaType, string content) =>
        new(Encoding.UTF8.GetBytes(content)) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
}
