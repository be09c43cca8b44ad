using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Mvc;

/// <summary>A parameter that is read by whatever formatter the host has.</summary>
internal sealed class FormattedController : Controller
{
    [HttpQuery("mvc/text")]
    public string Text([FromBody] string query) => $"text {query}";

    [HttpQuery("mvc/xml")]
    public string Xml([FromBody] ValidatedQuery query) => $"xml {query.Limit}";
}

/// <summary>Content in a property.</summary>
internal sealed class BodyPropertyController : Controller
{
    [FromBody]
    public ValidatedQuery? Query { get; set; }

    [HttpQuery("mvc/property")]
    public string Search() => $"property {Query?.Limit} {ModelState.IsValid}";
}
