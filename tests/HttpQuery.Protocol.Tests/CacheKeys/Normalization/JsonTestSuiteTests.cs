using System.Text.Json;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Protocol.Tests.CacheKeys.Normalization;

/// <summary>docs/cache-key.md, section 6.1, over the texts of the public JSON test suite.</summary>
public class JsonTestSuiteTests
{
    private const string File = "json-test-suite.json";

    // What every parser must take, and the document refuses: a name that comes twice.
    private static readonly string[] RefusedForTheKey = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

    // What a parser may take or refuse, and the document takes: numbers of any size. It refuses the others for their encoding, their lone
    // surrogates, their byte order mark, or their depth.
    private const string Taken = "i_number_";

    public static IEnumerable<TheoryDataRow<string, string>> Rows =>
        SharedData.Find(File) is null
            ? [new("absent", "")]
            : Cases().Select(text => new TheoryDataRow<string, string>(text.Key, text.Value));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_text_is_taken_or_refused_as_the_document_says(string name, string base64)
    {
        SharedData.Require(File);
        var content = Convert.FromBase64String(base64);
        using var json = new JsonNormalizer();
        using var sorted = new SortedJsonNormalizer();
        var normalized = Normalized.Of(json, content);
        Assert.Equal(IsTaken(name), normalized is not null);
        Assert.Equal(JsonOracle.Json(content), normalized);
        Assert.Equal(JsonOracle.SortedJson(content), Normalized.Of(sorted, content));
        for (var length = 1; length < Math.Min(content.Length, 70); length++)
            Assert.Equal(normalized, Normalized.Of(json, content, length));
    }

    [Fact]
    public void All_318_texts_are_read()
    {
        SharedData.Require(File);
        Assert.Equal(318, Rows.Count());
        Assert.All(RefusedForTheKey, name => Assert.Contains(name, Cases().Keys));
    }

    private static bool IsTaken(string name) => name[0] switch
    {
        'y' => !RefusedForTheKey.Contains(name),
        'n' => false,
        _ => name.StartsWith(Taken, StringComparison.Ordinal),
    };

    private static Dictionary<string, string> Cases()
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllText(SharedData.Require(File)));
        return document.RootElement.GetProperty("cases").Deserialize<Dictionary<string, string>>()!;
    }
}
