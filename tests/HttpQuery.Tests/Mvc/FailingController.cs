using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Mvc;

/// <summary>Actions that do not answer with a result. Not public, so that only hosts that ask for them have them.</summary>
[Route("mvc/failing")]
internal sealed class FailingController : ControllerBase
{
    [HttpQuery("csv"), Produces("text/csv")]
    public string Csv([FromBody] RfcQuery query) => throw new InvalidOperationException("the action's own");

    [HttpQuery("csv-unprocessable"), Produces("text/csv")]
    public IResult Unprocessable([FromBody] RfcQuery query) => QueryResults.UnprocessableQuery("no such field");

    [HttpQuery("data")]
    public string Data([FromBody] RfcQuery query) => throw new InvalidDataException("a file of the application's own is broken");

    [HttpQuery("found")]
    public string Found([FromBody] RfcQuery query) => "found";
}
