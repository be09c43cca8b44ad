using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests;

/// <summary>What hostile requests meet in MVC.</summary>
[ApiController]
public sealed class SecurityConsiderationsController : ControllerBase
{
    [HttpQuery("/hostile/mvc")]
    public async Task<IResult> Search(RfcQuery query) =>
        await HttpContext.CheckConditionsAsync(new EntityTag("v1")) ?? QueryResults.Bytes("found"u8.ToArray(), "text/plain");

    [HttpQuery("/hostile/mvc-keyed"), QueryBehavior(QueryKey = true)]
    public string Keyed(RfcQuery query) => "found";
}
