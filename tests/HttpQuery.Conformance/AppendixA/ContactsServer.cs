using System.Collections.Concurrent;
using HttpQuery.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Conformance.AppendixA;

/// <summary>The server of the appendix, as an application writes it.</summary>
internal static class ContactsServer
{
    private const string Xslt = "application/xslt+xml";

    public static Task<QueryServer> StartAsync() => QueryServer.StartAsync(app =>
    {
        // A.1 to A.3: forms and SQL on one path.
        app.MapQuery("/contacts", ([FromForm] string select, [FromForm] string? match, [FromForm] int? limit) =>
            Contacts.Select(select, match, limit ?? 10) is { } rows ? Results.Json(rows) : QueryResults.UnprocessableQuery("No such field.")).WithAcceptQuery("application/x-www-form-urlencoded");
        app.MapQuery("/contacts", (HttpContext context) => AnswerAsync(context, Contacts.Sql)).WithAcceptQuery("application/sql");
        app.MapMethods("/contacts", ["GET", "HEAD"], () => Contacts.Csv(Contacts.Select("surname,givenname", "")!));

        // A.4: stored queries and stored results. A contact can leave, and a client can ask for a redirect.
        var left = new ConcurrentQueue<string>();
        app.MapQuery("/stored-contacts", IResult (
            [FromForm] string select, [FromForm] string match, [FromForm] int limit, HttpContext context) =>
                context.Request.Headers["Prefer"] == "redirect"
                    ? QueryResults.SeeOther(context.Response.Headers.Location!)
                    : Results.Json(Contacts.Select(select, match, limit)!.Where(row => !left.Contains(row[0]))))
            .WithEquivalentResource().WithStoredResult().WithETag();
        app.MapDelete("/stored-contacts/{surname}", (string surname) => left.Enqueue(surname));

        // A.5: SQL and XSLT, with validators and an equivalent resource that the application keeps by itself.
        var stored = new ConcurrentDictionary<string, string[][]>();
        app.MapQuery("/report", (HttpContext context) => ReportAsync(context, stored)).WithAcceptQuery("application/sql", Xslt).WithProduces("text/csv");
        app.MapGet("/report/{id}", async (string id, HttpContext context) =>
            stored.TryGetValue(id, out var rows)
                ? await context.CheckConditionsAsync(lastModified: Contacts.LastModified) ?? Results.Text(Contacts.Csv(rows), "text/csv")
                : Results.NotFound());

        // A.6: one query in three languages.
        app.MapQuery("/languages", (HttpContext context) => AnswerAsync(context, context.Request.ContentType switch
        {
            "application/sql" => Contacts.Sql,
            "application/jsonpath" => Contacts.JsonPath,
            _ => Contacts.Xslt,
        })).WithAcceptQuery("application/sql", "application/jsonpath", Xslt);
    });

    private static async Task<IResult> AnswerAsync(HttpContext context, Func<string, string[][]?> run) =>
        run(await ReadAsync(context)) is { } rows ? Results.Text(Contacts.Csv(rows), "text/csv") : QueryResults.UnprocessableQuery("The query cannot be run.");

    private static async Task<IResult> ReportAsync(HttpContext context, ConcurrentDictionary<string, string[][]> stored)
    {
        var query = await ReadAsync(context);
        if ((context.Request.ContentType is Xslt ? Contacts.Xslt(query) : Contacts.Sql(query)) is not { } rows) return QueryResults.UnprocessableQuery("The query cannot be run.");

        var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Contacts.Csv(rows))))[..8];
        stored[id] = rows;
        context.Response.Headers.Location = $"/report/{id}";
        context.Response.Headers.Vary = "Accept-Query, Content-Encoding, Content-Type";
        return await context.CheckConditionsAsync(lastModified: Contacts.LastModified) ?? Results.Text(Contacts.Csv(rows), "text/csv");
    }

    private static async Task<string> ReadAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }
}
