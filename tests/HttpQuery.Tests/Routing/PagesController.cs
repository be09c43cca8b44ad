using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Routing;

/// <summary>A fallback controller, found at each request: a dynamic endpoint.</summary>
public sealed class PagesController : Controller
{
    public IActionResult Index() => Content("page");
}
