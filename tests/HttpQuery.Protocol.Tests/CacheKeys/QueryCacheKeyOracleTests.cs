using System.Globalization;
using System.Text.Json;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>The naive second implementation gives the same keys.</summary>
public class QueryCacheKeyOracleTests
{
    [Fact]
    public async Task Both_implementations_give_the_same_key_for_random_requests()
    {
        var random = new RandomRequests(10008);
        var requests = Enumerable.Range(0, TestScale.Cases).Select(_ => random.Next()).ToArray();
        var answers = await NaiveImplementation.AskAsync(requests);

        var keys = new Dictionary<string, int>();
        for (var i = 0; i < requests.Length; i++)
        {
            var key = $"{requests[i].Key()}";
            Assert.True(answers[i].Key == key, $"{answers[i]} against {key}: {requests[i].ToJson()}");
            Assert.Equal(key, $"{requests[i].KeyInPieces([random.Number(40), random.Number(400)])}");
            keys[key] = keys.GetValueOrDefault(key) + 1;
        }

        // What the generator never reaches proves nothing.
        Assert.Superset(new HashSet<string> { "00", "01", "02", "40" }, answers.Select(answer => answer.Domain).ToHashSet());
    }

    [Fact]
    public async Task Requests_that_differ_by_one_octet_share_a_key_only_where_both_implementations_say_so()
    {
        var random = new RandomRequests(7541);
        var requests = Enumerable.Range(0, TestScale.Cases / 4).Select(_ => random.Next()).ToArray();
        var changed = requests.Select(random.Change).ToArray();
        var answers = await NaiveImplementation.AskAsync([.. requests, .. changed]);

        var shared = 0;
        for (var i = 0; i < requests.Length; i++)
        {
            var same = answers[i].Key == answers[requests.Length + i].Key;
            Assert.True(same == (requests[i].Key() == changed[i].Key()), $"{requests[i].ToJson()} and {changed[i].ToJson()}");
            if (same) shared++;
        }
        Assert.InRange(shared, 1, requests.Length / 2);
    }

    [Fact]
    public async Task Both_implementations_give_the_same_key_for_random_resources()
    {
        var random = new RandomRequests(9111);
        var requests = Enumerable.Range(0, TestScale.Cases).Select(_ => random.NextResource()).ToArray();
        await SameResourcesAsync(requests);
    }

    [Fact]
    public async Task Both_implementations_fold_all_letters_of_the_basic_plane_alike()
    {
        // Between them are those that a platform with an older version of Unicode does not know.
        var letters = Enumerable.Range(0x80, 0xFF80)
            .Where(c => c is (< 0xD800 or > 0xDFFF) and not (0x1C89 or 0x1C8A or (>= 0xA7CB and <= 0xA7CF) or 0xA7D2 or 0xA7D4 or (>= 0xA7DA and <= 0xA7DC)))
            .Where(c => CharUnicodeInfo.GetUnicodeCategory((char)c) is not UnicodeCategory.OtherNotAssigned)
            .ToArray();
        await SameResourcesAsync([.. letters.Chunk(16).Select(chunk => new KeyRequest("GET", "http", "a.test", "/" + string.Concat(chunk.Select(c => (char)c)), [], null) { IsResource = true, IsText = true })]);
    }

    [Fact]
    public async Task The_public_json_texts_are_keyed_as_the_second_implementation_keys_them()
    {
        using var suite = JsonDocument.Parse(await File.ReadAllBytesAsync(SharedData.Require("json-test-suite.json"), TestContext.Current.CancellationToken));
        var texts = suite.RootElement.GetProperty("cases").EnumerateObject().Select(text => (text.Name, Octets: text.Value.GetBytesFromBase64())).ToArray();
        Assert.Equal(318, texts.Length);
        var requests = texts
            .Select(text => new KeyRequest("QUERY", "https", "a.test", "/", [("Content-Type", "application/json")], text.Octets) { Claims = ["json-spelling"] })
            .ToArray();
        var answers = await NaiveImplementation.AskAsync(requests);

        for (var i = 0; i < texts.Length; i++)
        {
            Assert.True(answers[i].Key == $"{requests[i].Key()}", texts[i].Name);
            if (texts[i].Name.StartsWith("n_", StringComparison.Ordinal)) Assert.True(answers[i].Domain is "00", texts[i].Name);
        }
    }

    private static async Task SameResourcesAsync(KeyRequest[] requests)
    {
        var answers = await NaiveImplementation.AskAsync(requests);
        for (var i = 0; i < requests.Length; i++) Assert.True(answers[i].Key == $"{requests[i].Key()}", requests[i].ToJson());
    }
}
