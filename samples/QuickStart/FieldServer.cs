using HttpQuery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace QuickStart;

/// <summary>A server as clients meet it: a path that has moved, a search that knows only POST, responses that may be cached, results at
/// URIs of their own, and queries that can be repeated by GET.</summary>
internal static class FieldServer
{
    public static WebApplication Create(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddHttpQuery();

        var app = builder.Build();
        app.MapQuery("/rfcs", (RfcQuery query, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return RfcIndex.Search(query);
        });
        app.MapQuery("/old-rfcs", () => Results.Redirect("/rfcs", permanent: true, preserveMethod: true));
        app.MapQuery("/first-rfc", (RfcQuery query) => RfcIndex.Search(query).Result is Ok<Rfc[]> { Value: [var first, ..] }
            ? QueryResults.SeeOther($"/rfcs/{first.Number}")
            : Results.NotFound());
        app.MapGet("/rfcs/{number:int}", (int number) =>
            RfcIndex.All.FirstOrDefault(rfc => rfc.Number == number) is { } rfc ? Results.Ok(rfc) : Results.NotFound());
        app.MapQuery("/latest-rfcs", (RfcQuery query, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return RfcIndex.Search(query);
        }).WithETag().WithEquivalentResource();
        app.MapPost("/search", (RfcQuery query) => RfcIndex.Search(query));
        return app;
    }
}
