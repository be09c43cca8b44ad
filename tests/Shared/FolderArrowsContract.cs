namespace HttpQuery.Tests.Architecture;

/// <summary>The folders of a project use one another in one direction only; <c>.</c> is the project folder.</summary>
/// <param name="project">The name of a folder in <c>src</c>.</param>
/// <param name="allowed">All arrows, for example <c>Json -> Http</c>.</param>
public abstract class FolderArrowsContract(string project, string[] allowed)
{
    [Fact]
    public void A_folder_uses_another_only_where_an_arrow_is_listed() => Assert.Empty(FolderArrows.Find(project).Except(allowed));

    [Fact]
    public void Every_listed_arrow_is_in_use() => Assert.Empty(allowed.Except(FolderArrows.Find(project)));

    [Fact]
    public void The_listed_arrows_form_no_circle() => Assert.Empty(FolderArrows.FindCircles(allowed));
}
