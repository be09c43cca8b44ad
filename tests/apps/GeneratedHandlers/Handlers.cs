using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace GeneratedHandlers;

/// <summary>Handlers in many shapes, each at a path of its own.</summary>
public static class Handlers
{
    private static readonly string[] Query = ["QUERY"];

    /// <summary>Handlers whose content the framework binds.</summary>
    public static void MapBound(WebApplication app)
    {
        app.MapMethods("/parameter", Query, (Wanted query) => query.ToString());
        app.MapMethods("/from-body", Query, ([FromBody] Wanted query) => query.ToString());
        app.MapMethods("/optional", Query, (Wanted? query) => query?.ToString());
        app.MapMethods("/with-context", Query, async (Wanted query, HttpContext context) => $"{query} {await ReadAsync(context)}");
        app.MapMethods("/parameters", Query, ([AsParameters] Parameters parameters) => parameters.Query.ToString());
        app.MapMethods("/filter", Query, (Wanted query) => query.ToString()).AddEndpointFilter(async (context, next) => await ReadAsync(context.HttpContext) + await next(context));
    }

    /// <summary>Handlers that have the content, or text of it.</summary>
    public static void MapRaw(WebApplication app)
    {
        app.MapMethods("/element", Query, (JsonElement query) => query.GetRawText());
        app.MapMethods("/overflow", Query, (Overflow query) => query.Others!["s"].GetRawText());
        app.MapMethods("/service", Query, (ILoggerFactory service, HttpContext context) => ReadAsync(context)).Accepts<ILoggerFactory>("application/json");
        app.MapMethods("/stream", Query, (Stream content) => new StreamReader(content).ReadToEndAsync());
        app.MapMethods("/self-bound", Query, (SelfBound content, Wanted query) => content.Text);
        app.MapMethods("/delegate", Query, (Wanted query) => query.ToString())
            .Add(endpoint => endpoint.RequestDelegate = async context => await context.Response.WriteAsync(await ReadAsync(context)));
    }

    /// <summary>Whether the generator has made the handler of the request.</summary>
    public static bool IsGenerated(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<System.CodeDom.Compiler.GeneratedCodeAttribute>() is not null;

    private static async Task<string> ReadAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    public sealed record Wanted(int A, string? S);

    public readonly record struct Parameters(int? Id, Wanted Query);

    public sealed class Overflow
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; set; }
    }

    public sealed record SelfBound(string Text)
    {
        public static async ValueTask<SelfBound?> BindAsync(HttpContext context)
        {
            context.Request.EnableBuffering();
            var text = await ReadAsync(context);
            context.Request.Body.Position = 0;
            return new(text);
        }
    }
}
