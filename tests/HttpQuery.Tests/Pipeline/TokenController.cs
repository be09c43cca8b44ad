using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Actions under MVC's antiforgery filters.</summary>
[Route("/tokens"), AutoValidateAntiforgeryToken]
public sealed class TokenController : Controller
{
    [HttpQuery("auto")]
    public IActionResult Find([FromForm] string match) => Content($"found {match}");

    [HttpPost("auto")]
    public IActionResult Change([FromForm] string match) => Content($"changed {match}");

    [HttpQuery("strict"), ValidateAntiForgeryToken]
    public IActionResult FindStrictly([FromForm] string match) => Content($"found {match}");

    [HttpQuery("ignored"), IgnoreAntiforgeryToken]
    public IActionResult FindFreely([FromForm] string match) => Content($"found {match}");
}
