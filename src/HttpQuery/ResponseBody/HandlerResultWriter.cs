using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.ResponseBody;

/// <summary>Sends the value that a handler returned, by the rules of minimal APIs.</summary>
internal static class HandlerResultWriter
{
    public static Task WriteAsync<T>(HttpContext context, T value) => value switch
    {
        IResult result => result.ExecuteAsync(context),
        string text => WriteTextAsync(context.Response, text),
        null when typeof(IResult).IsAssignableFrom(typeof(T)) =>
            throw new InvalidOperationException("The handler returned null instead of a result."),
        null when typeof(T) == typeof(string) => Task.CompletedTask,
        _ => WriteJsonAsync(context, value),
    };

    private static Task WriteTextAsync(HttpResponse response, string text)
    {
        response.ContentType ??= "text/plain; charset=utf-8";
        return response.WriteAsync(text);
    }

    private static Task WriteJsonAsync<T>(HttpContext context, T value)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var declared = options.GetTypeInfo(typeof(T));
        var type = value?.GetType();

        // A value of a derived type is written completely, unless the declared type defines how its derived types are written.
        return type is null || type == typeof(T) || declared.PolymorphismOptions is not null
            ? context.Response.WriteAsJsonAsync(value, (JsonTypeInfo<T>)declared, contentType: null, context.RequestAborted)
            : context.Response.WriteAsJsonAsync(value, options.GetTypeInfo(type), contentType: null, context.RequestAborted);
    }
}
