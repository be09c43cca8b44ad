using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Content that MVC binds.</summary>
[ApiController, Route("/coded")]
public sealed class DecompressionController : ControllerBase
{
    [HttpQuery("mvc-json")]
    public ContentResult Json(RfcQuery query) => Content($"found {query.Match}");

    [HttpQuery("mvc-form")]
    public ContentResult Form([FromForm] string match) => Content($"found {match}");
}
