using Microsoft.AspNetCore.Mvc.RazorPages;

namespace HttpQuery.Tests.PagesHost.Pages;

/// <summary>A page that answers GET, QUERY and POST.</summary>
public sealed class SearchPageModel : PageModel
{
    /// <summary>What was done.</summary>
    public string Message { get; private set; } = "shown";

    /// <summary>Answers QUERY.</summary>
    public void OnQuery() => Message = "found";

    /// <summary>Answers POST.</summary>
    public void OnPost() => Message = "changed";
}
