namespace HttpQuery.Protocol.Tests.Architecture;

/// <summary>The folders of HttpQuery.Protocol use one another in one direction only; <c>.</c> is the project folder.</summary>
public class FolderArrowsTests
{
    private const string Project = "HttpQuery.Protocol";

    private static readonly string[] Allowed =
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
    ];

    [Fact]
    public void A_folder_uses_another_only_where_an_arrow_is_listed() => Assert.Empty(FolderArrows.Find(Project).Except(Allowed));

    [Fact]
    public void Every_listed_arrow_is_in_use() => Assert.Empty(Allowed.Except(FolderArrows.Find(Project)));

    [Fact]
    public void The_listed_arrows_form_no_circle() => Assert.Empty(FolderArrows.FindCircles(Allowed));

    [Fact]
    public void A_circle_is_found() =>
        Assert.Equal(["A -> B", "B -> C", "C -> A"], FolderArrows.FindCircles(["A -> B", "A -> D", "B -> C", "C -> A", "D -> E"]));
}
