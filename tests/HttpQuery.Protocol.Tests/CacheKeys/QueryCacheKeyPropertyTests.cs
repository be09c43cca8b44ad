using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using HttpQuery.CacheKeys;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>What may share a key where there are claims, and what never does (docs/cache-key.md §5, §6), over random contents.</summary>
public class QueryCacheKeyPropertyTests
{
    private static readonly string[] Spelling = ["json-spelling"];
    private static readonly string[] MemberOrder = ["json-member-order"];
    private static readonly QueryCacheKeyScheme Scheme = new();

    private static readonly Gen<string> Names = Gen.Elements("a", "b", "name", "é", "", "a\"b", "x\\y", "\u0001", "😀");

    private static readonly Gen<JsonNode?> Scalars = Gen.OneOf(
        from name in Names select (JsonNode?)JsonValue.Create(name),
        from number in Gen.Choose(-1000, 1000) select (JsonNode?)JsonValue.Create(number),
        Gen.Constant<JsonNode?>(null),
        Gen.Elements(true, false).Select(value => (JsonNode?)JsonValue.Create(value)));

    private static Gen<JsonNode?> Values(int depth) => depth == 0 ? Scalars : Gen.OneOf(
        Scalars,
        from items in Gen.ListOf(Values(depth - 1), 3) select (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]),
        from members in Gen.ListOf(from name in Names from value in Values(depth - 1) select (name, value), 4)
        select (JsonNode?)new JsonObject(members.DistinctBy(member => member.name).Select(member => KeyValuePair.Create(member.name, member.value?.DeepClone()))));

    [Fact]
    public void Whitespace_and_the_spelling_of_strings_keep_the_key() => Check(
        from value in Values(3) from seed in Gen.Choose(0, int.MaxValue - 1) select (value, seed),
        input => Key(Render(input.value, new Random(input.seed))) == Key(Render(input.value, new Random(input.seed + 1))));

    [Fact]
    public void Different_values_have_different_keys() => Check(
        from left in Values(2) from right in Values(2) select (left, right),
        input => (Compact(input.left) == Compact(input.right)) == (Key(Compact(input.left)) == Key(Compact(input.right))));

    [Fact]
    public void Member_order_counts_unless_it_is_claimed() => Check(
        from value in Values(3).Where(value => value is JsonObject { Count: > 1 }) select value,
        value =>
        {
            var members = ((JsonObject)value!).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())).ToArray();
            var text = Compact(value);
            var reversed = Compact(new JsonObject(members.Reverse()));
            var plain = AllNamesAreAscii(value);
            return Key(text) != Key(reversed) && (Key(text, MemberOrder) == Key(reversed, MemberOrder)) == plain;
        });

    [Fact]
    public void Duplicate_members_never_normalize() => Check(
        from name in Names from left in Values(1) from right in Values(1) select (name, left, right),
        input =>
        {
            var name = JsonSerializer.Serialize(input.name);
            var text = $"{{{name}:{Compact(input.left)},{name}:{Compact(input.right)}}}";
            return Key(text) != Key(" " + text) && Key(text) != Key($"{{{name}:{Compact(input.left)}}}") && Key(text) != Key($"{{{name}:{Compact(input.right)}}}");
        });

    [Fact]
    public void Malformed_text_never_equals_well_formed_text() => Check(
        from value in Values(2)
        from extra in Gen.Elements(",", "}", "]", "\"", "x", "\u0001", "{", "/**/")
        from front in Gen.Elements(true, false)
        select (value, text: front ? extra + Compact(value) : Compact(value) + extra),
        input => Key(input.text) != Key(Compact(input.value)) && Key(input.text) != Key(input.text + " "));

    [Fact]
    public void Charset_byte_order_mark_and_repeated_parameters_keep_contents_apart() => Check(
        from value in Values(2) select Compact(value),
        text =>
        {
            var key = Key(text);
            return key != Key(text, type: "application/json; charset=utf-16")
                && key != Key("\uFEFF" + text)
                && Key(text, type: "application/json; charset=utf-8; charset=utf-8") != Key(text + " ", type: "application/json; charset=utf-8; charset=utf-8")
                && Key(text, type: "application/json; charset=utf-16") != Key(text + " ", type: "application/json; charset=utf-16")
                && Key(text, type: "application/json; charset=\"UTF-8\"; a=1; a=2") == Key(text + " ", type: "application/json; charset=\"UTF-8\"; a=1; a=2")
                && key != Key(text, type: "application/x+json");
        });

    [Fact]
    public void A_coding_that_can_be_removed_keeps_the_key_and_one_octet_more_does_not() => Check(
        from value in Values(2) from seed in Gen.Choose(0, 1_000_000) select (text: Render(value, new Random(seed)), seed),
        input =>
        {
            var octets = Encoding.UTF8.GetBytes(input.text);
            foreach (var coding in new[] { "gzip", "deflate" })
            {
                var coded = RandomRequests.Encode(octets, coding);
                if (Key(coded, coding) != Key(input.text) || Key([.. coded, 0], coding) == Key(input.text)) return false;
                if (Key(coded[..^1], coding) == Key(input.text)) return false;
            }
            return true;
        },
        TestScale.Cases / 10);

    private static void Check<T>(Gen<T> inputs, Func<T, bool> property, int? cases = null) =>
        Prop.ForAll(inputs.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(cases ?? TestScale.Cases));

    private static QueryCacheKey? Key(string text, string[]? claims = null, string type = "application/json") =>
        new KeyRequest("QUERY", "http", "a.test", "/", [("Content-Type", type)], Encoding.UTF8.GetBytes(text)) { Claims = claims ?? Spelling }.Key(Scheme);

    private static QueryCacheKey? Key(byte[] content, string coding) =>
        new KeyRequest("QUERY", "http", "a.test", "/", [("Content-Type", "application/json"), ("Content-Encoding", coding)], content) { Claims = ["json-spelling", coding] }.Key(Scheme);

    // An object of two or more members with another name keeps its order, and so does all around it (§6.2).
    private static bool AllNamesAreAscii(JsonNode? node) => node switch
    {
        JsonObject members => (members.Count < 2 || members.All(member => Ascii.IsValid(member.Key))) && members.All(member => AllNamesAreAscii(member.Value)),
        JsonArray items => items.All(AllNamesAreAscii),
        _ => true,
    };

    private static string Compact(JsonNode? value) => value is null ? "null" : value.ToJsonString();

    // The value with whitespace and escapes by chance.
    private static string Render(JsonNode? value, Random random)
    {
        return Any(value);

        string Any(JsonNode? node) => Space() + node switch
        {
            null => "null",
            JsonArray array => $"[{string.Join(',', array.Select(Any))}{Space()}]",
            JsonObject members => $"{{{string.Join(',', members.Select(member => $"{Space()}{Text(member.Key)}{Space()}:{Any(member.Value)}"))}{Space()}}}",
            _ when node.GetValueKind() is JsonValueKind.String => Text(node.GetValue<string>()),
            _ => node.ToJsonString(),
        } + Space();

        string Space() => random.Next(4) switch { 0 => " ", 1 => "\n\t", _ => "" };

        string Text(string text) => "\"" + string.Concat(text.Select(unit => unit switch
        {
            '"' or '\\' => random.Next(2) == 0 ? "\\" + unit : $"\\u{(int)unit:x4}",
            < ' ' => $"\\u{(int)unit:X4}",
            _ when char.IsSurrogate(unit) => $"\\u{(int)unit:x4}",
            _ => random.Next(4) == 0 ? $"\\u{(int)unit:X4}" : unit.ToString(),
        })) + "\"";
    }
}
