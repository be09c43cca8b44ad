using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>Random requests that lie near one another: most are well formed, many differ in what must or must not count.</summary>
internal sealed class RandomRequests(int seed)
{
    private static readonly string[] MediaTypes =
    [
        "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"", "application/json; charset=utf-16",
        "application/json", "application/json;", "application/json; charset=utf-8; Charset=utf-8", "application/json;charset=\"utf\\-8\"", "application/json x", "application/json\v",
        "application/json; a=1; b=2", "application/json;B=2;A=1", "application/json; a=1; a=2", "application/vnd.x+json", "text/json", "application/jsonl",
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8", "application/sql", "text/plain; charset=\"a\\b\"", "nonsense", "a/b,c/d", "a/b;;",
    ];

    private static readonly string[] Optional = ["json-spelling", "json-member-order", "gzip", "deflate"];

    private readonly Random _random = new(seed);

    public int Number(int below) => _random.Next(below);

    public KeyRequest Next()
    {
        var type = Pick(MediaTypes);
        var fields = new List<(string, string)>();
        if (!Rarely()) fields.Add((Rarely() ? "content-type" : "Content-Type", Rarely() ? $" {type}\t" : type));
        if (Rarely()) fields.Add(("Content-Type", Pick(MediaTypes)));
        if (Rarely()) fields.Add(("Content-Language", Pick("de", "en", "de, en", "")));
        if (Rarely()) fields.Add(("Content-Location", Pick("/a", "/A")));
        if (Rarely()) fields.Add(("Cache-Control", Pick("no-transform", "max-age=0, No-Transform", "x=\"no-transform\"", "x=\"a, no-transform, b\"", "no-cache")));
        if (VeryRarely()) fields.Add((Pick("Content-Digest", "Repr-Digest", "Signature-Input"), "x"));
        if (Rarely()) fields.Add(("X-Other", "1"));

        var content = type.Contains("form", StringComparison.OrdinalIgnoreCase) ? Form() : Json();
        if (Rarely()) content = Mutate(content);
        if (Rarely()) content = Code(content, fields);
        return new(
            Pick("QUERY", "query", "GET"), Pick("http", "https", "HTTP"), Pick("a.test", "A.test", "a.test:80", "a.test:443", "a.test:", "[::1]:80"), Target(),
            [.. fields], VeryRarely() ? null : content)
        {
            Routing = Rarely() ? [.. Many(4, () => (Pick("X-Host", "x-host", "Forwarded", "X-Forwarded-Host"), Pick("a", "b", " a\t", "", "a\v")))] : [],
            Partition = Rarely() ? content[..Math.Min(3, content.Length)] : null,
            Claims = [.. Optional.Where(_ => _random.Next(3) != 0)],
            Own = VeryRarely() ? [.. Many(3, () => (Pick("one", "two"), Pick("application/json", "text/plain"), Pick<byte[]?>(null, [], [1]))).DistinctBy(own => own.Item1)] : [],
        };
    }

    /// <summary>A resource in one of its many spellings.</summary>
    public KeyRequest NextResource() => new("GET", Pick("http", "https", "HTTP", "wss", "x"), ResourceAuthority(), ResourceTarget(), [], null) { IsResource = true };

    private string ResourceAuthority() =>
        Pick("", "", "u@", "u:p@x@") + Pick("a.test", "A.test", "%61.test", "[::1]", "\xc3\x89.test", "") + Pick("", "", ".") + Pick("", "", ":", ":80", ":443", ":0443", ":8080", ":x", ":0");

    private string ResourceTarget() =>
        string.Concat(Many(9, () => Pick("/", "/", "/", "a", "A", ".", "..", "%2e", "%2F", "%2f", "%252F", "%25", "%", "2F", "\\", "%5c", "é", "\xc3\xa9", "\xc3\x89", "%C3%89", "%c3", "\x89", "%FF", "\xff", "#", "%23", "k", "%E2%84%AA", "%C4%B1", "+")))
        + Pick("", "", "?", "?A=1", "?a=%31", "?a=%2531+%20", "?#", "?%23b", "?a?b", "?\xc3\x89");

    /// <summary>The same request with one octet of its content changed, added or taken away, or one char of its target.</summary>
    public KeyRequest Change(KeyRequest request) => _random.Next(5) == 0
        ? request with { Target = request.Target + Pick("/", "?", "a", "%20", "/.", "%2e") }
        : request with { Content = Mutate(request.Content ?? []) };

    private string Target()
    {
        var path = string.Concat(Enumerable.Range(0, _random.Next(5)).Select(_ => "/" + Pick("a", "A", "..", ".", "%2e", "%2E%2e", "%2f", "%2F", "%61", "%7e", "~", "%zz", "%", "", "...", "%25")));
        return path + Pick("", "", "?", "?a=1", "?a=%31", "?/../b?c");
    }

    private byte[] Json() => Encoding.UTF8.GetBytes(Space() + Value(0) + Space());

    private string Value(int depth) => _random.Next(depth > 3 ? 5 : 7) switch
    {
        0 => Pick("0", "1", "-1", "1.0", "1e0", "10e-1", "9007199254740993", "-0", "0.10"),
        1 => Pick("true", "false", "null"),
        2 or 3 => Text(),
        4 => Pick("{}", "[]", "\"\""),
        5 => "[" + Space() + string.Join("," + Space(), Many(4, () => Value(depth + 1) + Space())) + "]",
        _ => "{" + Space() + string.Join("," + Space(), Many(5, () => Text() + Space() + ":" + Space() + Value(depth + 1) + Space())) + "}",
    };

    private string Text()
    {
        var text = new StringBuilder("\"");
        for (var i = _random.Next(4); i > 0; i--)
        {
            var c = Pick("a", "b", "A", "é", "€", "😀", "\"", "\\", "/", "\n", "\u0001", "\u007f");
            text.Append(c switch
            {
                "\"" or "\\" => "\\" + c,
                "\n" => Pick("\\n", "\\u000a", "\\u000A"),
                "\u0001" => "\\u0001",
                "/" => Pick("/", "\\/", "\\u002f"),
                _ => Rarely() ? string.Concat(c.Select(unit => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"))) : c,
            });
        }
        if (VeryRarely()) text.Append("\\ud800");
        return text.Append('"').ToString();
    }

    private string Space() => _random.Next(3) == 0 ? Pick(" ", "\n", "\t ", "\r\n    ") : "";

    private byte[] Form() => Encoding.UTF8.GetBytes(string.Join('&', Many(5, () =>
        Pick("a", "b", "%61", "%41", "A", "a+b", "a%20b", "", "%e2%82%ac", "%zz") + Pick("", "=", "=1", "=%31", "=a=b", "=%2B", "=+", "=é"))));

    private byte[] Mutate(byte[] content)
    {
        if (content.Length == 0) return [(byte)_random.Next(256)];
        var place = _random.Next(content.Length);
        return _random.Next(3) switch
        {
            0 => [.. content[..place], (byte)_random.Next(256), .. content[(place + 1)..]],
            1 => [.. content[..place], .. content[(place + 1)..]],
            _ => [.. content[..place], Pick([(byte)0xEF, (byte)' ', (byte)'\n', (byte)'"', (byte)',', (byte)0]), .. content[place..]],
        };
    }

    private byte[] Code(byte[] content, List<(string, string)> fields)
    {
        var coding = Pick("gzip", "deflate", "br", "GZIP", "identity", "zstd");
        fields.Add(("Content-Encoding", coding));
        var octets = Encode(content, coding);
        return Rarely() ? Mutate(octets) : octets;
    }

    /// <summary>The content in a coding; as it is where the coding is none of those.</summary>
    public static byte[] Encode(byte[] content, string coding)
    {
        using var coded = new MemoryStream();
        using (Stream? coder = coding.ToUpperInvariant() switch
        {
            "GZIP" => new GZipStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            "DEFLATE" => new ZLibStream(coded, CompressionLevel.Optimal, leaveOpen: true),
            "BR" => new BrotliStream(coded, CompressionLevel.Fastest, leaveOpen: true),
            _ => null,
        })
        {
            if (coder is null) return content;
            coder.Write(content);
        }
        return coded.ToArray();
    }

    private T[] Many<T>(int below, Func<T> make) => [.. Enumerable.Range(0, _random.Next(below)).Select(_ => make())];

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private bool Rarely() => _random.Next(6) == 0;

    private bool VeryRarely() => _random.Next(40) == 0;
}
