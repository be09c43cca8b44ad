using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Tests.Exchanges;

/// <summary>The catalogue as MVC.</summary>
[ApiController]
public sealed class CatalogueController(Catalogue catalogue) : ControllerBase
{
    [HttpQuery("/rfcs"), Produces("application/json", "text/csv")]
    public Rfc[] Rfcs(RfcQuery query) => catalogue.Search(query);

    [HttpQuery("/choice"), Produces("text/plain", "text/markdown; variant=GFM")]
    public ContentResult Choice(RfcQuery query) => Content("chosen", HttpContext.GetNegotiatedMediaType()!);

    [HttpQuery("/versioned")]
    public async Task<IResult> Versioned(RfcQuery query)
    {
        Response.Headers.CacheControl = "max-age=60";
        Response.Headers.Location = "/rfcs/all";
        return await HttpContext.CheckConditionsAsync(new EntityTag(catalogue.Version), Catalogue.LastModified) ?? TypedResults.Ok(catalogue.Search(query));
    }

    [HttpQuery("/weak")]
    public async Task<IResult> Weak(RfcQuery query) =>
        await HttpContext.CheckConditionsAsync(new EntityTag(catalogue.Version, isWeak: true)) ?? TypedResults.Ok(catalogue.Search(query));

    [HttpQuery("/dated")]
    public async Task<IResult> Dated(RfcQuery query) =>
        await HttpContext.CheckConditionsAsync(lastModified: Catalogue.LastModified) ?? TypedResults.Ok(catalogue.Search(query));

    [HttpQuery("/future")]
    public async Task<IResult> Future(RfcQuery query) =>
        await HttpContext.CheckConditionsAsync(lastModified: FixedTime.Now.AddYears(1)) ?? TypedResults.Ok(catalogue.Search(query));

    [HttpQuery("/keyed"), QueryBehavior(QueryKey = true)]
    public async Task<IResult> Keyed(RfcQuery query) =>
        await HttpContext.CheckConditionsAsync(HttpContext.CreateEntityTag(catalogue.Version)) ?? TypedResults.Ok(catalogue.Search(query));

    [HttpQuery("/unprocessable")]
    public async Task<IResult> Unprocessable(RfcQuery query) =>
        await HttpContext.CheckConditionsAsync(new EntityTag("other")) ?? QueryResults.UnprocessableQuery("no such field");

    [HttpQuery("/raw")]
    public async Task<IResult> Raw()
    {
        if (await HttpContext.CheckConditionsAsync(new EntityTag(catalogue.Version)) is { } answer) return answer;
        using var reader = new StreamReader(Request.Body);
        return TypedResults.Text((await reader.ReadToEndAsync()).Length.ToString(CultureInfo.InvariantCulture));
    }

    [HttpQuery("/tagged"), QueryBehavior(ETag = true)]
    public Rfc[] Tagged(RfcQuery query) => catalogue.Search(query);

    [HttpQuery("/length"), QueryBehavior(ETag = true, Ranges = true)]
    public ContentResult Length(RfcQuery query) => Content(new string('x', query.FromYear), "text/plain");

    [HttpQuery("/ranged"), QueryBehavior(Ranges = true)]
    public FileContentResult Ranged(RfcQuery query)
    {
        Response.Headers.ETag = "\"digits\"";
        return File(Catalogue.Digits, "text/plain");
    }

    [HttpQuery("/bytes")]
    public IResult Bytes(RfcQuery query) => QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("digits"), Catalogue.LastModified);

    [HttpQuery("/stream")]
    public IResult Stream(RfcQuery query) => QueryResults.Stream(new MemoryStream(Catalogue.Digits), "text/plain", new EntityTag("digits"), Catalogue.LastModified);

    [HttpQuery("/empty")]
    public IResult Nothing(RfcQuery query) => QueryResults.Bytes(default, "text/plain");
}
