using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HttpQuery.CacheKeys;
using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>A request as the vectors and the naive implementation have it (docs/cache-key.md §10).</summary>
internal sealed record KeyRequest(string Method, string Scheme, string Authority, string Target, (string Name, string Value)[] Fields, byte[]? Content)
{
    private static readonly QueryCacheKeyScheme Shared = new();

    public (string Name, string Value)[] Routing { get; init; } = [];

    public byte[]? Partition { get; init; }

    public string[] Claims { get; init; } = [];

    public (string Name, string Type, byte[]? Writes)[] Own { get; init; } = [];

    public (string[] Vary, (string Name, string Value)[] Fields)? Secondary { get; init; }

    public bool IsResource { get; init; }

    public bool IsText { get; init; }

    public QueryNormalizations Normalizations => Claims.Aggregate(QueryNormalizations.None, (all, name) => all | name switch
    {
        "json-spelling" => QueryNormalizations.JsonSpelling,
        "json-member-order" => QueryNormalizations.JsonMemberOrder,
        "gzip" => QueryNormalizations.Gzip,
        "deflate" => QueryNormalizations.Deflate,
        _ => throw new InvalidDataException($"{name} is no claim."),
    });

    public static KeyRequest Read(JsonElement json) => InOriginForm(new(
        json.GetProperty("method").GetString()!,
        json.GetProperty("scheme").GetString()!,
        json.GetProperty("authority").GetString()!,
        json.GetProperty("target").GetString()!,
        Lines(json, "fields"),
        json.TryGetProperty("content", out var content) ? ReadContent(content) : null)
    {
        Routing = Lines(json, "routing"),
        Partition = json.TryGetProperty("partition", out var partition) ? ReadPartition(partition) : null,
        Claims = [.. Array(json, "claims").Select(name => name.GetString()!)],
        Own = [.. Array(json, "own").Select(own => (own.GetProperty("name").GetString()!, own.GetProperty("type").GetString()!,
            own.GetProperty("writes") is { ValueKind: JsonValueKind.String } writes ? writes.GetBytesFromBase64() : null))],
        Secondary = json.TryGetProperty("secondary", out var secondary)
            ? ([.. Array(secondary, "vary").Select(line => line.GetString()!)], Lines(secondary, "fields"))
            : null,
        IsResource = json.TryGetProperty("resource", out _),
        IsText = json.TryGetProperty("text", out _),
    });

    public string ToJson()
    {
        var json = new JsonObject
        {
            ["method"] = Method,
            ["scheme"] = Scheme,
            ["authority"] = Authority,
            ["target"] = Target,
            ["fields"] = Lines(Fields),
            ["routing"] = Lines(Routing),
            ["claims"] = new JsonArray([.. Claims.Select(name => JsonValue.Create(name))]),
            ["own"] = new JsonArray([.. Own.Select(own => new JsonObject
            {
                ["name"] = own.Name,
                ["type"] = own.Type,
                ["writes"] = own.Writes is null ? null : Convert.ToBase64String(own.Writes),
            })]),
        };
        if (Content is not null) json["content"] = Convert.ToBase64String(Content);
        if (Partition is not null) json["partition"] = Convert.ToBase64String(Partition);
        if (IsResource) json["resource"] = true;
        if (IsText) json["text"] = true;
        return json.ToJsonString();

        static JsonArray Lines((string Name, string Value)[] lines) => new([.. lines.Select(line => new JsonArray(line.Name, line.Value))]);
    }

    /// <summary>The key, from content that lies in memory whole, or <see langword="null"/> where there is none; the scheme may have seen it before.</summary>
    public QueryCacheKey? Key(QueryCacheKeyScheme? scheme = null) => Find(scheme ?? OwnScheme(), builder => builder.Complete(Content ?? []));

    /// <summary>The key, from content in pieces that end at <paramref name="cuts"/>.</summary>
    public QueryCacheKey? KeyInPieces(IEnumerable<int> cuts) => Find(OwnScheme(), builder =>
    {
        var content = Content ?? [];
        var start = 0;
        foreach (var cut in cuts.Order().Append(content.Length))
        {
            var end = Math.Clamp(cut, start, content.Length);
            builder.Append(content.AsSpan(start, end - start));
            start = end;
        }
        return builder.Complete();
    });

    private QueryCacheKey? Find(QueryCacheKeyScheme scheme, Func<QueryCacheKeyBuilder, QueryCacheKey> complete)
    {
        if (IsResource) return QueryCacheKey.FromResource(Text(Scheme), Text(Authority), Text(Target));
        using var builder = scheme.CreateBuilder();
        Describe(builder);
        return Vary(complete(builder));
    }

    private void Describe(QueryCacheKeyBuilder builder)
    {
        if (IsText)
        {
            builder.Start(Method, Scheme, Authority, Target);
            foreach (var (name, value) in Fields) builder.AddHeader(name, value);
            foreach (var (name, value) in Routing) builder.AddRoutingHeader(name, value);
        }
        else
        {
            builder.Start(Octets(Method), Octets(Scheme), Octets(Authority), Octets(Target));
            foreach (var (name, value) in Fields) builder.AddHeader(name, Octets(value));
            foreach (var (name, value) in Routing) builder.AddRoutingHeader(name, Octets(value));
        }
        builder.SetNormalizations(Normalizations);
        if (Partition is not null) builder.SetPartition(Partition);

        static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);
    }

    // The key of a resource takes text, and what is no UTF-8 can be said in escapes: resolved or not, it comes to the same.
    private string Text(string text) => IsText ? text : string.Concat(text.Select(c => c < 0x80 ? c.ToString() : $"%{(int)c:X2}"));

    // The C# half of §8 is in HttpQuery.Caching; this is enough of it for the vectors.
    private QueryCacheKey? Vary(QueryCacheKey key)
    {
        if (Secondary is not { } secondary) return key;
        var names = secondary.Vary.SelectMany(line => line.Split(',')).Select(name => name.Trim(' ', '\t')).Where(name => name.Length > 0).ToArray();
        if (names.Length == 0) return key;
        if (names.Any(name => name is "*" || !HttpQuery.HeaderSyntax.HttpSyntax.IsToken(name))) return null;
        return key.Vary(names.Select(name =>
        {
            var lines = secondary.Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value.Trim(' ', '\t')).ToArray();
            return KeyValuePair.Create(name, (IEnumerable<string?>)(lines.Length == 0 ? [] : [VaryValue.Join(name, lines)]));
        }));
    }

    private QueryCacheKeyScheme OwnScheme()
    {
        if (Own.Length == 0) return Shared;
        var options = new QueryCacheKeyOptions();
        foreach (var own in Own) options.Normalizers.Add(new Fixed(own.Name, own.Type, own.Writes));
        return new(options);
    }

    private static KeyRequest InOriginForm(KeyRequest request)
    {
        var start = request.Target.IndexOf("://", StringComparison.Ordinal);
        if (start <= 0 || request.Target[0] == '/') return request;
        var rest = request.Target[(start + 3)..];
        var end = rest.IndexOfAny(['/', '?']);
        if (end < 0) return request with { Authority = rest, Target = "/" };
        return request with { Authority = rest[..end], Target = rest[end] == '/' ? rest[end..] : "/" + rest[end..] };
    }

    private static JsonElement[] Array(JsonElement json, string name) =>
        json.TryGetProperty(name, out var array) && array.ValueKind is JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

    private static (string Name, string Value)[] Lines(JsonElement json, string name) => [.. Array(json, name).Select(line => (line[0].GetString()!, line[1].GetString()!))];

    // Base64, or what HttpQuery makes it of (§7).
    private static byte[]? ReadPartition(JsonElement partition)
    {
        if (partition.ValueKind is JsonValueKind.String) return partition.GetBytesFromBase64();
        using var octets = new PooledByteBuffer();
        foreach (var part in partition.EnumerateArray())
        {
            octets.WriteLengthPrefixed(Encoding.UTF8.GetBytes(part[0].GetString()!));
            octets.WriteLengthPrefixed(part[0].GetString() is "user" ? part[1].GetBytesFromBase64() : Encoding.UTF8.GetBytes(part[1].GetString()!));
        }
        return octets.Length == 0 ? null : octets.Span.ToArray();
    }

    // Base64, or { "repeat": [[x, n] or [x, n, y], ...] } for what would be too long.
    private static byte[]? ReadContent(JsonElement content)
    {
        if (content.ValueKind is JsonValueKind.Null) return null;
        if (content.ValueKind is JsonValueKind.String) return content.GetBytesFromBase64();
        using var octets = new MemoryStream();
        foreach (var part in content.GetProperty("repeat").EnumerateArray())
        {
            var piece = part[0].GetBytesFromBase64();
            for (var i = 0; i < part[1].GetInt32(); i++)
            {
                octets.Write(piece);
                if (part.GetArrayLength() < 3) continue;
                octets.Write(Encoding.ASCII.GetBytes(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                octets.Write(part[2].GetBytesFromBase64());
            }
        }
        return octets.ToArray();
    }

    // An own normalizer that writes the same for all content, or refuses it.
    private sealed class Fixed(string name, string type, byte[]? writes) : IQueryContentNormalizer
    {
        public string Name => name;

        public int MaximumContentLength => int.MaxValue;

        public bool AppliesTo(MediaType mediaType) => $"{mediaType.Type}/{mediaType.Subtype}" == type;

        public bool TryNormalize(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
        {
            if (writes is not { } octets) return false;
            if (octets.Length > 0) output.Write(octets);
            return true;
        }
    }
}
