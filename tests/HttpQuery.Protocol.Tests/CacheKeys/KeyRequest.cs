using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HttpQuery.CacheKeys;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>A request as the vectors and the naive implementation have it (docs/cache-key.md §10).</summary>
internal sealed record KeyRequest(
    string Method, string Scheme, string Authority, string Target, (string Name, string Value)[] Fields, byte[]? Content, byte[]? Partition, string[] OptIns,
    (string[] Names, (string Name, string Value)[] Fields)? Secondary = null)
{
    private static readonly Dictionary<QueryNormalizations, QueryCacheKeyScheme> Schemes = [];

    public static KeyRequest Read(JsonElement json) => new(
        json.GetProperty("method").GetString()!,
        json.GetProperty("scheme").GetString()!,
        json.GetProperty("authority").GetString()!,
        json.GetProperty("target").GetString()!,
        [.. Array(json, "fields").Select(field => (field[0].GetString()!, field[1].GetString()!))],
        json.TryGetProperty("content", out var content) ? ReadContent(content) : null,
        json.TryGetProperty("partition", out var partition) && partition.ValueKind is JsonValueKind.String ? partition.GetBytesFromBase64() : null,
        [.. Array(json, "optIns").Select(name => name.GetString()!)],
        json.TryGetProperty("secondary", out var secondary)
            ? ([.. Array(secondary, "names").Select(name => name.GetString()!)], [.. Array(secondary, "fields").Select(field => (field[0].GetString()!, field[1].GetString()!))])
            : null);

    public string ToJson()
    {
        var json = new JsonObject
        {
            ["method"] = Method,
            ["scheme"] = Scheme,
            ["authority"] = Authority,
            ["target"] = Target,
            ["fields"] = new JsonArray([.. Fields.Select(field => new JsonArray(field.Name, field.Value))]),
            ["optIns"] = new JsonArray([.. OptIns.Select(name => JsonValue.Create(name))]),
        };
        if (Content is not null) json["content"] = Convert.ToBase64String(Content);
        if (Partition is not null) json["partition"] = Convert.ToBase64String(Partition);
        return json.ToJsonString();
    }

    /// <summary>The key, from content that lies in memory whole; <paramref name="scheme"/> may have seen it before.</summary>
    public QueryCacheKey Key(QueryCacheKeyScheme? scheme = null)
    {
        using var builder = (scheme ?? SharedScheme()).CreateBuilder();
        Describe(builder);
        return Vary(builder.Complete(Content ?? []));
    }

    /// <summary>The key, from content in pieces that end at <paramref name="cuts"/>.</summary>
    public QueryCacheKey KeyInPieces(IEnumerable<int> cuts)
    {
        using var builder = SharedScheme().CreateBuilder();
        Describe(builder);
        var content = Content ?? [];
        var start = 0;
        foreach (var cut in cuts.Order().Append(content.Length))
        {
            var end = Math.Clamp(cut, start, content.Length);
            builder.Append(content.AsSpan(start, end - start));
            start = end;
        }
        return Vary(builder.Complete());
    }

    public void Describe(QueryCacheKeyBuilder builder)
    {
        builder.Start(Octets(Method), Octets(Scheme), Octets(Authority), Octets(Target));
        foreach (var (name, value) in Fields) builder.AddField(name, Octets(value));
        if (Partition is not null) builder.SetPartition(Partition);

        static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);
    }

    private QueryCacheKey Vary(QueryCacheKey key) => Secondary is not { } secondary ? key : key.Vary(secondary.Names.Select(name => KeyValuePair.Create(
        name,
        secondary.Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => (string?)field.Value))));

    private QueryCacheKeyScheme SharedScheme()
    {
        var normalizations = OptIns.Aggregate(QueryNormalizations.None, (all, name) => all | name switch
        {
            "json-member-order" => QueryNormalizations.JsonMemberOrder,
            "form-escapes" => QueryNormalizations.FormEscapes,
            "form-pair-order" => QueryNormalizations.FormPairOrder,
            _ => throw new InvalidDataException($"{name} is no opt-in."),
        });
        lock (Schemes)
        {
            if (!Schemes.TryGetValue(normalizations, out var scheme))
                Schemes.Add(normalizations, scheme = new(new QueryCacheKeyOptions { Normalizations = normalizations }));
            return scheme;
        }
    }

    private static JsonElement[] Array(JsonElement json, string name) =>
        json.TryGetProperty(name, out var array) && array.ValueKind is JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

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
}
