using HttpQuery;
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
        // <cors>
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowAnyOrigin().AllowQuery()));
        // </cors>

        var app = builder.Build();
        app.UseStatusCodePages();
        // <cors>
        app.UseCors();
        // </cors>

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
