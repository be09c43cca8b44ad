// <server>
using HttpQuery;
using Microsoft.AspNetCore.Mvc;

// </server>
namespace QuickStart;

/// <summary>The server of the README: the least that a QUERY endpoint needs. <see cref="FullServer"/> has the rest.</summary>
internal static class Server
{
    public static WebApplication Create(params string[] args)
    {
        // <server>
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddHttpQuery();
        builder.Services.AddProblemDetails();

        var app = builder.Build();
        app.UseStatusCodePages();
        app.MapQuery("/rfcs", (RfcQuery query) => RfcIndex.Search(query));
        app.MapQuery("/rfcs", ([FromForm] RfcQuery query) => RfcIndex.Search(query));
        app.MapMethods("/rfcs", ["GET", "HEAD"], () => RfcIndex.All);
        // </server>
        return app;
    }
}
