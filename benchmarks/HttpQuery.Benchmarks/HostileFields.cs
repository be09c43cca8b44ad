using System.Diagnostics;
using System.Globalization;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;
using HttpQuery.StructuredFields;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Benchmarks;

/// <summary>What header values made to be slow cost as they grow: time at 64 KB, and how it grows to 1 MB, which is 16 times where the reading is linear.</summary>
internal static class HostileFields
{
    private const int Length = 64 * 1024;
    private const int Growth = 16;

    // Twice what is linear: far from the 256 times of what is not.
    private const int Suspicious = 2 * Growth;

    private static readonly MediaTypeNegotiation Types = new([MediaType.Parse("application/json"), MediaType.Parse("text/csv;header=present")]);
    private static readonly EntityTag Tag = new("v");

    private static readonly string[] Parts =
    [
        ",", ";", " ", "\t", "\"", "\\", "\"\\", "\\\"", "a,", "a;", "a=\"", "a=\"\\\"\",", "a=\",\",", ";a=", ";a", ";a=b", ";a=\"b\"", "a/b;q=\"", "a/b;q=.,", "a/b;x=\"\\\"\",", "\"a\",", "\"a\" ", "W/\"", "\"a\",,", "(", "(a ", "()",
        "0-1,", "-1,", "0- ,", ", 9", "*", "*,", "=", "/", "/a/..", "/..", "/./", "%", "%2e", "%2e%2e/", "%41", "?", "&", "&a=b", "+", "max-age=1,", "private=\"a", "private=\"a\",", "no-cache=\"a,b\",", "max-stale,", ":", "9", "1.", "?1,", "@1,", "%\"", "ä",
    ];

    private static readonly Dictionary<string, Action<string>> Readers = new()
    {
        ["Accept"] = text => Types.Choose("text/html", text),
        ["Content-Type"] = text => MediaType.TryParse("a/b" + text, out _),
        ["Accept-Query"] = text => AcceptQuery.TryParse(text, out _),
        ["a List"] = text => SfList.TryParse(text, out _),
        ["a Dictionary"] = text => SfDictionary.TryParse(text, out _),
        ["an Item"] = text => SfItem.TryParse(text, out _),
        ["If-None-Match"] = text => EntityTagList.Contains([text], Tag, strong: false),
        ["Range"] = text => ByteRangeSet.Resolve("bytes=" + text, 1 << 20, int.MaxValue, out _),
        ["If-Modified-Since"] = text => HttpDate.TryParse(text, DateTimeOffset.UnixEpoch, out _),
        ["Cache-Control, request"] = text => RequestDirectives.Parse(text),
        ["Cache-Control, response"] = text => ResponseDirectives.Parse(text),
        ["CDN-Cache-Control"] = text => ResponseDirectives.TryParseTargeted(text, out _),
        ["Vary"] = text => VaryRules.TryParse(text, out _),
        ["named by Vary"] = text => VaryRules.Normalize("Accept", text),
        ["Cookie named by Vary"] = text => VaryRules.Normalize("Cookie", text),
        ["Cache-Groups"] = text => InvalidationRules.Groups(new Lines("Cache-Groups", text)),
        ["Location"] = text => InvalidationRules.Targets("POST", 201, new("http://a.test/"), new Lines("Location", text)),
        ["target of a key"] = text => Key(builder => builder.Start("QUERY", "http", "a.test", "/" + text)),
        ["authority of a key"] = text => Key(builder => builder.Start("QUERY", "http", text, "/")),
        ["Content-Type of a key"] = text => Key(builder => Start(builder).AddHeader("Content-Type", "a/b" + text)),
        ["Content-Encoding of a key"] = text => Key(builder => Start(builder).AddHeader("Content-Encoding", text)),
        ["Cache-Control of a key"] = text => Key(builder => Start(builder).AddHeader("Cache-Control", text)),
    };

    public static void Run()
    {
        Console.WriteLine($"| header | {Readers.Count} × {Parts.Length} | worst part | ms of 64 KB | ms of 1 MB | times |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var (name, read) in Readers)
        {
            var worst = Parts.Concat(Parts.Select(part => part + "#")).Select(part => Measure(read, part)).MaxBy(result => result.Long);
            var times = worst.Long / Math.Max(worst.Short, 0.01);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {(times > Suspicious ? "**grows**" : "linear")} | `{worst.Part}` | {worst.Short:F2} | {worst.Long:F2} | {times:F0} |"));
        }
    }

    private static (string Part, double Short, double Long) Measure(Action<string> read, string part)
    {
        read(Repeat(part, 1024));
        return (part, Once(read, Repeat(part, Length)), Once(read, Repeat(part, Length * Growth)));
    }

    // The least of a few is the work, and not the collector's.
    private static double Once(Action<string> read, string text)
    {
        var least = double.MaxValue;
        for (var i = 0; i < 3 && least > 1; i++)
        {
            var started = Stopwatch.GetTimestamp();
            read(text);
            least = Math.Min(least, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return least;
    }

    // "#" stands for a number, so that no part is as another.
    private static string Repeat(string part, int length)
    {
        var text = new System.Text.StringBuilder(length + part.Length + 8);
        for (var i = 0; text.Length < length; i++)
        {
            if (!part.EndsWith('#')) text.Append(part);
            else if (part[..^1] is ['"', 'a', '"', .. var end]) text.Append(CultureInfo.InvariantCulture, $"\"a{i}\"{end}");
            else if (part.Contains('a')) text.Append(part[..^1].Replace("a", $"a{i}", StringComparison.Ordinal));
            else text.Append(part[..^1]).Append(i);
        }
        return text.ToString();
    }

    private static void Key(Action<QueryCacheKeyBuilder> fill)
    {
        using var builder = new QueryCacheKeyScheme().CreateBuilder();
        try
        {
            fill(builder);
            builder.Complete();
        }
        catch (ArgumentException)
        {
            // Refused is read, too.
        }
    }

    private static QueryCacheKeyBuilder Start(QueryCacheKeyBuilder builder)
    {
        builder.Start("QUERY", "http", "a.test", "/");
        return builder;
    }

    private sealed class Lines(string name, StringValues lines) : IReadOnlyHeaders
    {
        public StringValues this[string other] => other == name ? lines : default;
    }
}
