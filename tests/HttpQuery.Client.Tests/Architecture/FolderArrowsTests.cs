namespace HttpQuery.Client.Tests.Architecture;

/// <summary>The folders of HttpQuery.Client use one another in one direction only; <c>.</c> is the project folder.</summary>
public class FolderArrowsTests
{
    private const string Project = "HttpQuery.Client";

    private static readonly string[] Allowed =
    [
        ". -> Http",
        ". -> Json",
        ". -> PrivateCache",
        "Json -> Http",
        "Json -> ResponseBody",
        "PrivateCache -> Diagnostics",
        "PrivateCache -> Http",
        "PrivateCache -> RequestBody",
        "PrivateCache -> ResponseBody",
        "ResponseBody -> Http",
    ];

    [Fact]
    public void A_folder_uses_another_only_where_an_arrow_is_listed() => Assert.Empty(FolderArrows.Find(Project).Except(Allowed));

    [Fact]
    public void Every_listed_arrow_is_in_use() => Assert.Empty(Allowed.Except(FolderArrows.Find(Project)));

    [Fact]
    public void The_listed_arrows_form_no_circle() => Assert.Empty(FolderArrows.FindCircles(Allowed));
}
