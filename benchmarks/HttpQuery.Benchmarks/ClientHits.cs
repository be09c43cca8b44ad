using System.Globalization;
using System.Net;
using System.Text;

namespace HttpQuery.Benchmarks;

/// <summary>A hit of the private cache in an HttpClient, from the call to the content as bytes, beside a handler that answers the same status, headers and content from memory. Nothing goes over the
/// wire.</summary>
internal static class ClientHits
{
    private const int Operations = 20_000;
    private const int Rounds = 21;

    public static async Task RunAsync()
    {
        using var http = new HttpClient(new QueryCacheHandler { InnerHandler = new Origin() }) { BaseAddress = new("http://origin.test") };
        var same = new Same();
        using var bare = new HttpClient(same) { BaseAddress = new("http://origin.test") };
        Console.WriteLine("| query content, B | handler that answers, µs | cache hit, µs: median | handler allocates, B | hit allocates, B | beyond, B |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var length in new[] { 200, 2_000, 20_000 })
        {
            var content = Encoding.ASCII.GetBytes("{\"match\":\"" + new string('x', length - 12) + "\"}");
            await AskAsync(http, content);
            await same.TakeAsync(http, content);
            await MeasureAsync(bare, content);
            await MeasureAsync(http, content);
            var (without, hits) = (new List<(double Microseconds, double Bytes)>(), new List<(double Microseconds, double Bytes)>());
            for (var round = 0; round < Rounds; round++)
            {
                without.Add(await MeasureAsync(bare, content));
                hits.Add(await MeasureAsync(http, content));
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {length} | {Median(without, run => run.Microseconds):F1} | {Median(hits, run => run.Microseconds):F1} | {Median(without, run => run.Bytes):F0} | {Median(hits, run => run.Bytes):F0} | {Median(hits, run => run.Bytes) - Median(without, run => run.Bytes):F0} |"));
        }

        static double Median(List<(double Microseconds, double Bytes)> runs, Func<(double Microseconds, double Bytes), double> value) => runs.Select(value).Order().ElementAt(Rounds / 2);
    }

    private static async Task<(double Microseconds, double Bytes)> MeasureAsync(HttpClient http, byte[] content)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < Operations; i++) await AskAsync(http, content);
        var elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        return (elapsed.TotalMicroseconds / Operations, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Operations);
    }

    private static async Task<int> AskAsync(HttpClient http, byte[] content)
    {
        using var query = new ByteArrayContent(content) { Headers = { ContentType = new("application/json") } };
        using var response = await http.QueryAsync("/rfcs", query);
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }

    /// <summary>Answers what it has taken from a hit.</summary>
    private sealed class Same : HttpMessageHandler
    {
        private HttpStatusCode _status;
        private (string Name, string[] Values)[] _headers = [], _contentHeaders = [];
        private byte[] _content = [];

        public async Task TakeAsync(HttpClient http, byte[] content)
        {
            using var query = new ByteArrayContent(content) { Headers = { ContentType = new("application/json") } };
            using var hit = await http.QueryAsync("/rfcs", query);
            (_status, _content) = (hit.StatusCode, await hit.Content.ReadAsByteArrayAsync());
            _headers = [.. hit.Headers.NonValidated.Select(header => (header.Key, header.Value.ToArray()))];
            _contentHeaders = [.. hit.Content.Headers.NonValidated.Select(header => (header.Key, header.Value.ToArray()))];
            if (!hit.Headers.Contains("Age")) throw new InvalidOperationException("No hit.");
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(_status) { RequestMessage = request, Content = new ReadOnlyMemoryContent(_content) };
            foreach (var (name, values) in _headers) response.Headers.TryAddWithoutValidation(name, values);
            foreach (var (name, values) in _contentHeaders) response.Content.Headers.TryAddWithoutValidation(name, values);
            return Task.FromResult(response);
        }
    }

    private sealed class Origin : HttpMessageHandler
    {
        private static readonly byte[] Result = new byte[900];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(Result) };
            response.Headers.CacheControl = new() { MaxAge = TimeSpan.FromDays(1) };
            response.Headers.Date = DateTimeOffset.UtcNow;
            return Task.FromResult(response);
        }
    }
}
