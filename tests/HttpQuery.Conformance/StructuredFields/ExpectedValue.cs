using System.Globalization;
using System.Text.Json;

namespace HttpQuery.Conformance.StructuredFields;

/// <summary>Makes the value that a vector's JSON stands for, by the public constructors alone.</summary>
public static class ExpectedValue
{
    private const string Base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A List, Dictionary or Item.</summary>
    public static object Create(SfFieldType type, JsonElement json) => type switch
    {
        SfFieldType.List => new SfList(json.EnumerateArray().Select(Member)),
        SfFieldType.Dictionary => new SfDictionary(json.EnumerateArray().Select(pair =>
            KeyValuePair.Create(pair[0].GetString()!, Member(pair[1])))),
        _ => Item(json),
    };

    // [value, parameters], where the value of an inner list is an array of items.
    private static SfMember Member(JsonElement json) => json[0].ValueKind is JsonValueKind.Array
        ? new SfInnerList(json[0].EnumerateArray().Select(Item), Parameters(json[1]))
        : Item(json);

    private static SfItem Item(JsonElement json) => new(BareItem(json[0]), Parameters(json[1]));

    private static SfParameters Parameters(JsonElement json) =>
        new(json.EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString()!, BareItem(pair[1]))));

    private static SfBareItem BareItem(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => new(true),
        JsonValueKind.False => new(false),
        JsonValueKind.String => new(json.GetString()!),
        JsonValueKind.Number => Number(json.GetRawText()),
        _ => Typed(json.GetProperty("__type").GetString()!, json.GetProperty("value")),
    };

    private static SfBareItem Number(string text) => text.Contains('.')
        ? new(decimal.Parse(text, CultureInfo.InvariantCulture))
        : new(long.Parse(text, CultureInfo.InvariantCulture));

    private static SfBareItem Typed(string type, JsonElement value) => type switch
    {
        "token" => new(new SfToken(value.GetString()!)),
        "binary" => new(FromBase32(value.GetString()!)),
        "date" => new(new SfDate(value.GetInt64())),
        "displaystring" => new(new SfDisplayString(value.GetString()!)),
        _ => throw new InvalidDataException($"The vectors have a type that is not known here: {type}."),
    };

    // RFC 4648 §6.
    private static byte[] FromBase32(string text)
    {
        var octets = new List<byte>();
        var (bits, count) = (0, 0);
        foreach (var c in text.TrimEnd('='))
        {
            bits = ((bits << 5) | Base32Digits.IndexOf(c)) & 0xFFF;
            count += 5;
            if (count < 8) continue;
            count -= 8;
            octets.Add((byte)(bits >> count));
        }

        return [.. octets];
    }
}
