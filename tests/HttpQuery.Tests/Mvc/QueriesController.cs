using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Mvc;

/// <summary>Actions with <c>[ApiController]</c>: its conventions find the content.</summary>
[ApiController, Route("mvc/api")]
public sealed class QueriesController : ControllerBase
{
    [HttpQuery]
    public string Own(RfcQuery query) => $"api {query.Match} {query.FromYear}";

    [HttpQuery("template/{id:int}")]
    public string Template(int id, RfcQuery query) => $"template {id} {query.Match}";

    [HttpQuery("optional")]
    public string Optional(RfcQuery? query) => $"optional {query?.Match}";

    [HttpQuery("form")]
    public string Form([FromForm] RfcQuery query) => $"form {query.Match}";

    [HttpQuery("consumes"), Consumes("application/sql")]
    public async Task<string> Consumes()
    {
        using var reader = new StreamReader(Request.Body);
        return $"consumes {await reader.ReadToEndAsync()}";
    }

    [HttpQuery("unprocessable")]
    public IResult Unprocessable(RfcQuery query) => QueryResults.UnprocessableQuery("no such field");

    [AcceptVerbs("QUERY", Route = "verbs")]
    public string Verbs(RfcQuery query) => $"verbs {query.Match}";

    [HttpQuery("both"), HttpPost("both")]
    public string Both(RfcQuery query) => $"both {query.Match}";

    [HttpQuery("validated")]
    public string Validated(ValidatedQuery query) => $"validated {query.Limit}";
}
