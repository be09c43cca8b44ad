using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Client.Tests.Redirection;

/// <summary>Redirect kinds × content kinds × origins × protocols, with what the servers received.</summary>
public sealed class RedirectMatrixTests
{
    private const int MaximumReplayLength = 1024 * 1024;

    private static readonly string[] SmallKinds =
        ["bytes", "text", "form", "memory", "empty", "JSON", "JSON once", "stream", "stream with a length", "multipart"];

    private static readonly string[] LargeKinds = ["large stream", "stream of unknown length", "large JSON once"];

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public static TheoryData<ProtocolKind, int> Rows()
    {
        var rows = new TheoryData<ProtocolKind, int>();
        foreach (var protocol in Enum.GetValues<ProtocolKind>())
        {
            foreach (var status in new[] { 301, 302, 303, 307, 308 }) rows.Add(protocol, status);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_content_arrives_whole_or_not_at_all(ProtocolKind protocol, int status)
    {
        var (received, receivedByOther) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        await using var other = await StartAsync(protocol, receivedByOther, _ => null);
        await using var server = await StartAsync(protocol, received, path => path switch
        {
            "/near" => (status, "/found"),
            "/away" => (status, new Uri(other.BaseAddress, "/found").ToString()),
            _ => null,
        });
        using var careful = Redirects.CreateClient(inner: Protocol.CreateHandler());
        using var allowing = Redirects.CreateClient(new() { AllowContentToOtherOrigins = true }, Protocol.CreateHandler());

        foreach (var kind in SmallKinds)
        {
            await CheckAsync(careful, "/near", kind, "200", Sent(kind, "/near"), status == 303 ? "GET /found ann  0 " : Sent(kind, "/found"));
            await CheckAsync(
                careful, "/away", kind, status == 303 ? "200" : $"{status}", Sent(kind, "/away"), null, status == 303 ? "GET /found   0 " : null);
            await CheckAsync(
                allowing, "/away", kind, "200", Sent(kind, "/away"), null,
                status == 303 ? "GET /found   0 " : Sent(kind, "/found").Replace(" ann ", "  ", StringComparison.Ordinal));
        }
        foreach (var kind in LargeKinds)
        {
            await CheckAsync(
                careful, "/near", kind, status == 303 ? "200" : nameof(QueryContentNotReplayableException),
                Sent(kind, "/near"), status == 303 ? "GET /found ann  0 " : null);
        }

        async Task CheckAsync(HttpClient client, string path, string kind, string result, string first, string? second, string? byOther = null)
        {
            using var request = Protocol.CreateRequest(protocol, HttpMethod.Query, new(server.BaseAddress, path), Create(kind));
            request.Headers.Authorization = new("ann");
            var content = request.Content;
            Assert.Equal((kind, result), (kind, await ResultOfAsync(client, request)));
            Assert.Same(content, request.Content);
            Assert.Equal((string?[])[first, .. second is null ? [] : new[] { second }], received);
            Assert.Equal(byOther is null ? [] : [byOther], receivedByOther);
            received.Clear();
            receivedByOther.Clear();
        }
    }

    private static async Task<string> ResultOfAsync(HttpClient client, HttpRequestMessage request)
    {
        try
        {
            using var response = await client.SendAsync(request, Test);
            Assert.Equal(request.Version, response.Version);
            return $"{(int)response.StatusCode}";
        }
        catch (QueryContentNotReplayableException exception)
        {
            return exception.GetType().Name;
        }
    }

    // Method, path, credential, media type, length, and the content or its beginning.
    private static string Sent(string kind, string path)
    {
        using var content = Create(kind);
        using var copy = new MemoryStream();
        content.CopyTo(copy, null, default);
        return $"QUERY {path} ann {content.Headers.ContentType} {copy.Length} {Beginning(copy.ToArray())}";
    }

    private static Task<KestrelServer> StartAsync(ProtocolKind protocol, ConcurrentQueue<string> received, Func<string, (int Status, string Location)?> redirect) =>
        Protocol.StartAsync(protocol, app => app.Run(async context =>
        {
            using var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            var request = context.Request;
            received.Enqueue(
                $"{request.Method} {request.Path} {request.Headers.Authorization} {request.ContentType} {content.Length} {Beginning(content.ToArray())}");
            if (redirect(request.Path) is not var (status, location)) return;
            context.Response.StatusCode = status;
            context.Response.Headers.Location = location;
            await context.Response.WriteAsync("moved");
        }));

    private static string Beginning(byte[] bytes) => Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 40)));

    private static HttpContent Create(string kind)
    {
        var (type, bytes, large) = (new MediaTypeHeaderValue("application/json"), "[\"query\"]"u8.ToArray(), new byte[MaximumReplayLength + 1]);
        large.AsSpan().Fill((byte)'1');
        return kind switch
        {
            "bytes" => new ByteArrayContent(bytes) { Headers = { ContentType = type } },
            "text" => new StringContent("[\"query\"]", type),
            "form" => new FormUrlEncodedContent([new("q", "query")]),
            "memory" => new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = type } },
            "empty" => new ByteArrayContent([]) { Headers = { ContentType = type } },
            "JSON" => JsonContent.Create(new[] { "query" }),
            "JSON once" => JsonContent.Create(Once(["query"])),
            "stream" => new StreamContent(new MemoryStream(bytes)) { Headers = { ContentType = type } },
            "stream with a length" => new StreamContent(new Unseekable(bytes)) { Headers = { ContentType = type, ContentLength = bytes.Length } },
            "multipart" => new MultipartContent("mixed", "b") { new ByteArrayContent(bytes) },
            "large stream" => new StreamContent(new MemoryStream(large)) { Headers = { ContentType = type } },
            "stream of unknown length" => new StreamContent(new Unseekable(bytes)) { Headers = { ContentType = type } },
            "large JSON once" => JsonContent.Create(Once(Enumerable.Repeat(new string('1', 1000), 1100))),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static IEnumerable<string> Once(IEnumerable<string> items)
    {
        var queue = new Queue<string>(items);
        return Lazily();

        IEnumerable<string> Lazily()
        {
            while (queue.TryDequeue(out var item)) yield return item;
        }
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
