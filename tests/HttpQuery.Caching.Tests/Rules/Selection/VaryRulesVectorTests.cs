using System.Text.Json;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>The vectors of docs/cache-key.md §8: names of Vary, and the one value that the lines of a header have.</summary>
public class VaryRulesVectorTests
{
    private static readonly JsonElement[] Secondary =
    [
        .. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "docs", "cache-key-vectors.json"))).RootElement.GetProperty("vectors").EnumerateArray()
            .Where(vector => vector.GetProperty("request").TryGetProperty("secondary", out _)),
    ];

    [Fact]
    public void Requests_match_where_the_vectors_have_one_key()
    {
        var matching = 0;
        foreach (var one in Secondary.Where(HasKey))
        {
            Assert.True(VaryRules.TryParse(Vary(one), out var names), GetName(one));
            foreach (var other in Secondary.Where(HasKey).Where(other => PrimaryOf(other) == PrimaryOf(one)))
            {
                Assert.True(VaryRules.TryParse(Vary(other), out var otherNames));
                var isSame = KeyOf(one) == KeyOf(other);
                Assert.True(isSame == (names.Equals(otherNames) && VaryRules.Matches(names, Headers(one), Headers(other))), $"{GetName(one)}, {GetName(other)}");
                if (isSame && GetName(one) != GetName(other)) matching++;
            }
        }
        Assert.True(matching > 20, $"{matching} vectors match another: too few to tell anything.");
    }

    [Fact]
    public void What_has_no_key_never_matches()
    {
        var never = Secondary.Where(vector => !HasKey(vector)).ToArray();
        Assert.True(never.Length > 5);
        Assert.All(never, vector => Assert.False(VaryRules.TryParse(Vary(vector), out _), GetName(vector)));
    }

    private static bool HasKey(JsonElement vector) => vector.GetProperty("key").ValueKind is JsonValueKind.String;

    private static string? KeyOf(JsonElement vector) => vector.GetProperty("key").GetString();

    private static string? GetName(JsonElement vector) => vector.GetProperty("name").GetString();

    // All of the request but what Vary looks at.
    private static string PrimaryOf(JsonElement vector) =>
        string.Join('\n', vector.GetProperty("request").EnumerateObject().Where(member => member.Name is not "secondary").Select(member => $"{member.Name} {member.Value.GetRawText()}"));

    private static StringValues Vary(JsonElement vector) => new([.. vector.GetProperty("request").GetProperty("secondary").GetProperty("vary").EnumerateArray().Select(line => line.GetString())]);

    private static HeaderCollection Headers(JsonElement vector) => new(vector.GetProperty("request").GetProperty("secondary").GetProperty("fields").EnumerateArray()
        .Select(field => KeyValuePair.Create(field[0].GetString()!, new StringValues(field[1].GetString()))));
}
