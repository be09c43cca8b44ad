using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using HttpQuery.CacheKeys;

namespace HttpQuery.Benchmarks;

/// <summary>The cache key of JSON content whose spelling does not count, beside its limits (SHA-256, the platform's JSON reader) and beside
/// what one would write without it (JsonDocument, JsonNode).</summary>
[MemoryDiagnoser]
public class KeyBenchmarks : IDisposable
{
    private readonly QueryCacheKeyBuilder _builder =
        new QueryCacheKeyScheme(new QueryCacheKeyOptions { Normalizations = QueryNormalizations.JsonSpelling }).CreateBuilder();
    private byte[] _content = [];

    /// <summary>Shapes and sizes of the content.</summary>
    public static IEnumerable<string> Contents => ["compact 2000", "indented 2000", "compact 20000", "indented 20000", "compact 700000", "indented 700000"];

    [ParamsSource(nameof(Contents))]
    public string Content { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        var parts = Content.Split(' ');
        var length = int.Parse(parts[1], CultureInfo.InvariantCulture);
        _content = parts[0] is "compact" ? KeyContents.Compact(length) : KeyContents.Indented(length);
    }

    [Benchmark]
    public QueryCacheKey Key()
    {
        _builder.Start("QUERY", "https", "api.test", "/api/v1/pods?pretty=false");
        _builder.AddHeader("Content-Type", "application/json; charset=utf-8");
        return _builder.Complete(_content);
    }

    [Benchmark(Baseline = true)]
    public int Sha256()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        return SHA256.HashData(_content, digest);
    }

    [Benchmark]
    public int Utf8JsonReader()
    {
        var reader = new Utf8JsonReader(_content);
        var tokens = 0;
        while (reader.Read()) tokens++;
        return tokens;
    }

    /// <summary>What a careful application writes: a document, written again without whitespace, hashed.</summary>
    [Benchmark]
    public byte[] ByJsonDocument()
    {
        using var document = JsonDocument.Parse(_content);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(_content.Length);
        using var writer = new Utf8JsonWriter(buffer);
        document.WriteTo(writer);
        writer.Flush();
        return SHA256.HashData(buffer.WrittenSpan);
    }

    /// <summary>What most applications write.</summary>
    [Benchmark]
    public byte[] ByJsonNode() => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(JsonNode.Parse(_content)!.ToJsonString()));

    /// <summary>Everything in turns, in one process: medians of time, throughput, ratios to the limits, bytes allocated.</summary>
    public static void RunInTurns()
    {
        Console.WriteLine("| content | operation | µs | GB/s | time / SHA-256's | time / reader's | allocates, B |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var content in Contents)
        {
            using var benchmark = new KeyBenchmarks { Content = content };
            benchmark.SetUp();
            (string Name, Action Run)[] operations =
            [
                ("SHA256.HashData", () => benchmark.Sha256()),
                ("Utf8JsonReader, all tokens", () => benchmark.Utf8JsonReader()),
                ("key", () => benchmark.Key()),
                ("JsonDocument, written again, SHA-256", () => benchmark.ByJsonDocument()),
                ("JsonNode, ToJsonString, SHA-256", () => benchmark.ByJsonNode()),
            ];
            foreach (var (name, result) in Turns.Measure(operations, benchmark._content.Length))
                Console.WriteLine($"| {content.Replace(" ", $", {benchmark._content.Length} B of ", StringComparison.Ordinal)} | {name} | {result} |");
        }
    }

    public void Dispose()
    {
        _builder.Dispose();
        GC.SuppressFinalize(this);
    }
}
