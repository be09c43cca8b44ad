using HttpQuery;

namespace QuickStart;

/// <summary>A server as clients meet it: a path that has moved, a search that knows only POST, and responses that may be cached.</summary>
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
        app.MapPost("/search", (RfcQuery query) => RfcIndex.Search(query));
        return app;
    }
}
