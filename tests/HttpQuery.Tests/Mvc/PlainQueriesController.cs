using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Mvc;

/// <summary>Actions without <c>[ApiController]</c>, reached by attributes and by convention.</summary>
public sealed class PlainQueriesController : Controller
{
    [HttpQuery("mvc/plain")]
    public string Own([FromBody] RfcQuery query) => $"plain {query.Match} {query.FromYear}";

    [HttpQuery("mvc/plain/optional")]
    public string Optional([FromBody] RfcQuery? query) => $"optional {query?.Match}";

    [HttpQuery("mvc/plain/uri")]
    public string Uri([FromQuery] RfcQuery query, string name, int[] ids) => $"uri {query.Match} {name} {ids.Length}";

    [HttpQuery("mvc/plain/form"), Consumes("application/x-www-form-urlencoded")]
    public string Form(RfcQuery query) => $"form {query.Match}";

    [HttpQuery("mvc/plain/validated")]
    public string Validated([FromBody] ValidatedQuery query) => $"validated {query.Limit} {ModelState.IsValid}";

    // By the conventional route {controller}/{action}.
    [HttpQuery]
    public string Conventional([FromBody] RfcQuery query) => $"conventional {query.Match}";

    [HttpGet]
    public string ConventionalGet() => "got";
}
