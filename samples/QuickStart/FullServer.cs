using HttpQuery;
using HttpQuery.CacheKeys;
using Microsoft.AspNetCore.Mvc;

namespace QuickStart;

/// <summary>The server of the tour: <see cref="Server"/>, and each further feature of a QUERY endpoint in lines of its own.</summary>
internal static class FullServer
{
    public static WebApplication Create(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddHttpQuery();
        builder.Services.AddProblemDetails();
        // <decompression>
        builder.Services.AddRequestDecompression();
        // </decompression>
        // <cors>
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowAnyOrigin().AllowQuery()));
        // </cors>

        var app = builder.Build();
        app.UseStatusCodePages();

        // Routing chooses by the method, so the override comes first.
        // <override>
        app.UseHttpMethodOverride();
        app.UseRouting();
        // </override>
        // <cors>
        app.UseCors();
        // </cors>
        // <decompression>
        app.UseRequestDecompression();
        // </decompression>

        var rfcs = app.MapGroup("/rfcs");
        rfcs.MapQuery("", (RfcQuery query, HttpContext context) => AnswerAsync(query, context));
        rfcs.MapQuery("", ([FromForm] RfcQuery query, HttpContext context) => AnswerAsync(query, context));
        rfcs.MapMethods("", ["GET", "HEAD"], () => RfcIndex.All);

        // The handlers return the same entries. Csv writes them if the client prefers CSV.
        // <produces>
        rfcs.WithResponseWriter<Rfc[]>("text/csv", Csv.WriteAsync);
        // </produces>

        // Calls on the group apply to its QUERY endpoints. GET and HEAD stay as they are.
        // <ranges>
        rfcs.WithRanges();
        // </ranges>

        // The tag is computed from the query and the version of the index, before any search.
        // <conditions>
        rfcs.WithQueryKey();
        // </conditions>

        // JSON with its members in another order is the same query: it has the same tag and the same Location.
        // <order>
        rfcs.CacheQuery(policy => policy.Normalize(QueryNormalizations.JsonMemberOrder));
        // </order>

        // Location names the query: a GET of it repeats the query. Content-Location names this one result, which never changes.
        // <locations>
        rfcs.WithEquivalentResource();
        rfcs.WithStoredResult();
        // </locations>
        return app;

        // Validate first: a rejected query has no result to compare. Search last: a 304 needs no search.
        // <conditions>
        static async Task<IResult> AnswerAsync(RfcQuery query, HttpContext context) =>
            RfcIndex.Refuse(query)
            ?? await context.CheckConditionsAsync(context.CreateEntityTag(RfcIndex.Version))
            ?? RfcIndex.Search(query);
        // </conditions>
    }
}
