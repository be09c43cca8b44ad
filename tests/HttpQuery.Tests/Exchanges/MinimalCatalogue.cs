using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Exchanges;

/// <summary>The catalogue as minimal APIs.</summary>
internal static class MinimalCatalogue
{
    public static void Map(WebApplication app)
    {
        app.MapQuery("/rfcs", (RfcQuery query, Catalogue catalogue) => TypedResults.Ok(catalogue.Search(query)))
            .WithResponseWriter<Rfc[]>("text/csv", Catalogue.WriteCsvAsync);

        app.MapQuery("/choice", (RfcQuery query, HttpContext context) => TypedResults.Text("chosen", context.GetNegotiatedMediaType()))
            .WithProduces("text/plain", "text/markdown; variant=GFM");

        app.MapQuery("/versioned", async (RfcQuery query, Catalogue catalogue, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "max-age=60";
            context.Response.Headers.Location = "/rfcs/all";
            return await context.CheckConditionsAsync(new EntityTag(catalogue.Version), Catalogue.LastModified) ?? TypedResults.Ok(catalogue.Search(query));
        });
        app.MapQuery("/weak", async (RfcQuery query, Catalogue catalogue, HttpContext context) =>
            await context.CheckConditionsAsync(new EntityTag(catalogue.Version, isWeak: true)) ?? TypedResults.Ok(catalogue.Search(query)));
        app.MapQuery("/dated", async (RfcQuery query, Catalogue catalogue, HttpContext context) =>
            await context.CheckConditionsAsync(lastModified: Catalogue.LastModified) ?? TypedResults.Ok(catalogue.Search(query)));
        app.MapQuery("/future", async (RfcQuery query, Catalogue catalogue, HttpContext context) =>
            await context.CheckConditionsAsync(lastModified: FixedTime.Now.AddYears(1)) ?? TypedResults.Ok(catalogue.Search(query)));
        app.MapQuery("/keyed", async (RfcQuery query, Catalogue catalogue, HttpContext context) =>
            await context.CheckConditionsAsync(context.CreateEntityTag(catalogue.Version)) ?? TypedResults.Ok(catalogue.Search(query))).WithQueryKey();
        app.MapQuery("/unkeyed", (RfcQuery query, HttpContext context) => context.CreateEntityTag("v1")!.Value.Value);
        app.MapQuery("/unprocessable", async (RfcQuery query, HttpContext context) =>
            await context.CheckConditionsAsync(new EntityTag("other")) ?? QueryResults.UnprocessableQuery("no such field"));

        app.MapQuery("/raw", async (HttpContext context, Catalogue catalogue) =>
        {
            if (await context.CheckConditionsAsync(new EntityTag(catalogue.Version)) is { } answer) return answer;
            using var reader = new StreamReader(context.Request.Body);
            return TypedResults.Text((await reader.ReadToEndAsync()).Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });

        app.MapQuery("/tagged", (RfcQuery query, Catalogue catalogue) => TypedResults.Ok(catalogue.Search(query))).WithETag();
        app.MapQuery("/length", (RfcQuery query) => TypedResults.Text(new string('x', query.FromYear))).WithETag().WithRanges();
        app.MapQuery("/ranged", (RfcQuery query, HttpContext context) =>
        {
            context.Response.Headers.ETag = "\"digits\"";
            return TypedResults.Bytes(Catalogue.Digits, "text/plain");
        }).WithRanges();
        app.MapQuery("/bytes", (RfcQuery query) => QueryResults.Bytes(Catalogue.Digits, "text/plain", new EntityTag("digits"), Catalogue.LastModified));
        app.MapQuery("/stream", (RfcQuery query) => QueryResults.Stream(new MemoryStream(Catalogue.Digits), "text/plain", new EntityTag("digits"), Catalogue.LastModified));
        app.MapQuery("/empty", (RfcQuery query) => QueryResults.Bytes(default, "text/plain"));
    }
}
