using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Actions for readers, in MVC without <c>[ApiController]</c>.</summary>
[Route("/guarded"), Authorize("readers")]
public sealed class GuardedController : Controller
{
    [HttpQuery("found")]
    public IActionResult Found([FromBody] RfcQuery query) => Content("found");

    [HttpGet("found")]
    public IActionResult Page() => Content("page");
}
