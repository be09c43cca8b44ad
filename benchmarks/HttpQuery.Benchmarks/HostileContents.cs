using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using HttpQuery.CacheKeys;

namespace HttpQuery.Benchmarks;

/// <summary>What contents made to be slow cost, in pieces of 16 KB: time, and bytes allocated the first time and the second.</summary>
internal static class HostileContents
{
    private const int PieceLength = 16 * 1024;

    // Without claims nothing is read but by SHA-256.
    private const QueryNormalizations Claims =
        QueryNormalizations.JsonSpelling | QueryNormalizations.Gzip | QueryNormalizations.Deflate;

    public static void Run()
    {
        Console.WriteLine("| content | octets | ms | allocated first, KB | again, KB |");
        Console.WriteLine("|---|---|---|---|---|");
        Measure("100 MB of [", Repeat("[", 100 << 20));
        Measure("1 MB of escapes in one string", [.. "\""u8, .. Repeat("\\u00e9", 1 << 20), .. "\""u8]);
        Measure("1 million members", Text("{" + string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"{i}\":0")) + "}"));
        Measure("65,536 members", Text("{" + string.Join(',', Enumerable.Range(0, 65_536).Select(i => $"\"{i}\":0")) + "}"));
        Measure("a number of 1 MB", Repeat("9", 1 << 20));
        Measure("100,000 lone surrogates", Text("[" + string.Join(',', Enumerable.Repeat("\"\\ud800\"", 100_000)) + "]"));
        Measure("1 MB of UTF-16", Encoding.Unicode.GetBytes("[\"" + new string('a', 1 << 19) + "\"]"));
        Measure("gzip bomb, 1 GB in 1 MB", Bomb(stream => new GZipStream(stream, CompressionLevel.Optimal)), "gzip");
        Measure("deflate bomb, 1 GB in 1 MB", Bomb(stream => new ZLibStream(stream, CompressionLevel.Optimal)), "deflate");
    }

    private static void Measure(string name, byte[] content, string? coding = null)
    {
        using var builder = new QueryCacheKeyScheme(new QueryCacheKeyOptions { Normalizations = Claims }).CreateBuilder();
        var first = Once(builder, content, coding);
        var again = Once(builder, content, coding);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {content.Length:N0} | {again.Milliseconds:F1} | {first.Allocated / 1024.0:F0} | {again.Allocated / 1024.0:F0} |"));
    }

    private static (double Milliseconds, long Allocated) Once(QueryCacheKeyBuilder builder, byte[] content, string? coding)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        builder.Start("QUERY", "https", "api.test", "/");
        builder.AddHeader("Content-Type", "application/json");
        if (coding is not null) builder.AddHeader("Content-Encoding", coding);
        for (var i = 0; i < content.Length; i += PieceLength) builder.Append(content.AsSpan(i, Math.Min(PieceLength, content.Length - i)));
        builder.Complete();
        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Repeat(string part, int length) => Text(string.Concat(Enumerable.Repeat(part, length / part.Length)));

    private static byte[] Bomb(Func<Stream, Stream> coder)
    {
        using var coded = new MemoryStream();
        using (var stream = coder(coded))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 1024; i++) stream.Write(zeros);
        }
        return coded.ToArray();
    }
}
