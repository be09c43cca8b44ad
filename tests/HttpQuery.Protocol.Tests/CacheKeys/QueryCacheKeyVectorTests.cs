using System.Text.Json;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>The published vectors: every rule and every limit of docs/cache-key.md.</summary>
public class QueryCacheKeyVectorTests
{
    private static readonly JsonElement[] Vectors = Read("docs", "cache-key-vectors.json").GetProperty("vectors").EnumerateArray().ToArray();

    private static readonly JsonElement[] Pairs = Read("tests", "cache-key", "pairs.json") is { ValueKind: JsonValueKind.Array } pairs
        ? [.. pairs.EnumerateArray()]
        : [.. Read("tests", "cache-key", "pairs.json").GetProperty("pairs").EnumerateArray()];

    public static TheoryData<string> VectorNames => [.. Vectors.Select(vector => vector.GetProperty("name").GetString()!)];

    public static TheoryData<int, string> PairNumbers
    {
        get
        {
            var rows = new TheoryData<int, string>();
            for (var i = 0; i < Pairs.Length; i++) rows.Add(i, Pairs[i].GetProperty("why").GetString()!);
            return rows;
        }
    }

    [Theory, MemberData(nameof(VectorNames))]
    public void A_vector_has_its_key_whole_and_in_pieces(string name)
    {
        var vector = Vectors.Single(vector => vector.GetProperty("name").GetString() == name);
        var request = KeyRequest.Read(vector.GetProperty("request"));
        var expected = vector.GetProperty("key").GetString();

        var whole = request.Key();
        var length = request.Content?.Length ?? 0;
        var pieces = request.KeyInPieces([0, 1, 2, length / 3, length / 2, length - 1]);

        Assert.Equal(expected, whole?.ToString());
        Assert.Equal(expected, pieces?.ToString());
    }

    [Fact]
    public void There_are_at_least_1000_vectors() => Assert.InRange(Vectors.Length, 1_000, 10_000);

    [Theory, MemberData(nameof(PairNumbers))]
    public void A_pair_of_the_collision_corpus_shares_a_key_only_where_it_must(int number, string why)
    {
        var pair = Pairs[number];
        var same = pair.GetProperty("same").GetBoolean();
        var (a, b) = (KeyRequest.Read(pair.GetProperty("a")), KeyRequest.Read(pair.GetProperty("b")));

        Assert.True(same == (a.Key() == b.Key()), why);
        Assert.True(same == (a.KeyInPieces([7]) == b.Key()), why);
    }

    private static JsonElement Read(params string[] path) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine([Repository.Root, .. path]))).RootElement;
}
