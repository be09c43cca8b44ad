using System.Text;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Protocol.Tests.CacheKeys.Normalization;

/// <summary>docs/cache-key.md, sections 6.1 and 6.2: what is written is what a plain reading of the document writes, however the content is
/// cut.</summary>
public sealed class JsonNormalizerPropertyTests : IDisposable
{
    private readonly JsonNormalizer _json = new();
    private readonly SortedJsonNormalizer _sorted = new();

    public void Dispose()
    {
        _json.Dispose();
        _sorted.Dispose();
    }

    [Fact]
    public void Json_is_written_as_the_oracle_writes_it() =>
        RandomCases.AllHold(ContentGenerators.Json, content => Normalized.Of(_json, content) == JsonOracle.Json(content));

    [Fact]
    public void Mutations_of_json_are_taken_or_refused_as_the_oracle_does() =>
        RandomCases.AllHold(ContentGenerators.NearlyJson, content => Normalized.Of(_json, content) == JsonOracle.Json(content));

    [Fact]
    public void Where_json_is_cut_never_matters() => RandomCases.AllHold(
        Cut(Gen.OneOf(ContentGenerators.Json, ContentGenerators.NearlyJson)),
        cut => Normalized.Of(_json, cut.Content, cut.Lengths) == Normalized.Of(_json, cut.Content));

    [Fact]
    public void Normalized_json_is_normalized_to_itself() => RandomCases.AllHold(
        ContentGenerators.Json,
        content => Normalized.Of(_json, content) is not { } once || Normalized.Of(_json, Octets(once)) == once);

    [Fact]
    public void Members_are_ordered_as_the_oracle_orders_them() => RandomCases.AllHold(
        Gen.OneOf(ContentGenerators.Json, ContentGenerators.NearlyJson),
        content => Normalized.Of(_sorted, content) == JsonOracle.SortedJson(content));

    [Fact]
    public void Where_json_to_be_sorted_is_cut_never_matters() => RandomCases.AllHold(
        Cut(ContentGenerators.Json),
        cut => Normalized.Of(_sorted, cut.Content, cut.Lengths) == Normalized.Of(_sorted, cut.Content));

    [Fact]
    public void Sorted_json_is_sorted_to_itself() => RandomCases.AllHold(
        ContentGenerators.Json,
        content => Normalized.Of(_sorted, content) is not { } once || Normalized.Of(_sorted, Octets(once)) == once);

    [Fact]
    public void The_order_of_members_counts_for_lossless_json_alone() => RandomCases.AllHold(
        ContentGenerators.Reordered,
        pair => Normalized.Of(_sorted, pair.Left) is not { Domain: 2 } left || left == Normalized.Of(_sorted, pair.Right));

    private static Gen<(byte[] Content, int[] Lengths)> Cut(Gen<byte[]> contents) =>
        from content in contents
        from lengths in ContentGenerators.Cuts
        select (content, lengths);

    private static byte[] Octets(Normalized normalized) => Encoding.Latin1.GetBytes(normalized.Octets);
}
