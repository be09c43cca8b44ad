using HttpQuery.Tests.Architecture;

namespace HttpQuery.Protocol.Tests.Architecture;

/// <summary>The arrows between the folders of HttpQuery.Protocol.</summary>
public class FolderArrowsTests() : FolderArrowsContract(
    "HttpQuery.Protocol",
    [
        ". -> HeaderSyntax",
        ". -> MediaTypes",
        ". -> StructuredFields",
        "CacheKeys -> CacheKeys/Buffers",
        "CacheKeys -> CacheKeys/Content",
        "CacheKeys -> CacheKeys/Headers",
        "CacheKeys -> CacheKeys/Normalization",
        "CacheKeys -> HeaderSyntax",
        "CacheKeys/Content -> CacheKeys/Codings",
        "CacheKeys/Content -> CacheKeys/Headers",
        "CacheKeys/Content -> CacheKeys/Normalization",
        "CacheKeys/Content -> MediaTypes",
        "CacheKeys/Headers -> CacheKeys/Buffers",
        "CacheKeys/Headers -> MediaTypes",
        "CacheKeys/Normalization -> CacheKeys/Buffers",
        "CacheKeys/Normalization -> HeaderSyntax",
        "CacheKeys/Normalization -> MediaTypes",
        "Conditions -> HeaderSyntax",
        "MediaTypes -> HeaderSyntax",
        "Negotiation -> HeaderSyntax",
        "Negotiation -> MediaTypes",
        "Ranges -> HeaderSyntax",
        "StructuredFields -> HeaderSyntax",
    ])
{
    [Fact]
    public void A_circle_is_found() =>
        Assert.Equal(["A -> B", "B -> C", "C -> A"], FolderArrows.FindCircles(["A -> B", "A -> D", "B -> C", "C -> A", "D -> E"]));
}
