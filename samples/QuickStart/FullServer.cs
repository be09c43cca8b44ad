using HttpQuery;
using Microsoft.AspNetCore.Mvc;

namespace QuickStart;

/// <summary>The server of the tour: <see cref="Server"/>, with every further ability of a QUERY endpoint in lines of its own.</summary>
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

        // The handlers return entries still; where CSV is preferred, Csv writes them.
        // <produces>
        rfcs.WithResponseWriter<Rfc[]>("text/csv", Csv.WriteAsync);
        // </produces>

        // Said of the group, all this concerns its QUERY endpoints; GET and HEAD stay as they are.
        // <ranges>
        rfcs.WithRanges();
        // </ranges>

        // The tag is made of the query and the version of what it asks, before anything is searched.
        // <conditions>
        rfcs.WithQueryKey();
        // </conditions>
        return app;

        // First the refusal, for a query without a result has no conditions to hold; last the search, for a 304 spares it.
        // <conditions>
        static async Task<IResult> AnswerAsync(RfcQuery query, HttpContext context) =>
            RfcIndex.Refuse(query)
            ?? await context.CheckConditionsAsync(context.CreateEntityTag(RfcIndex.Version))
            ?? RfcIndex.Search(query);
        // </conditions>
    }
}
