using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Routing;

/// <summary>Sends <c>Accept-Query</c> with the responses of a path that holds a QUERY endpoint (§3).</summary>
internal static class AcceptQueryField
{
    private static readonly Func<object, Task> WriteField = Write;

    /// <summary>Registers the field for a response.</summary>
    /// <remarks>Written when the response starts: an exception handler clears fields that are set earlier, and only then is it
    /// known whether a route constraint refused the path.</remarks>
    public static void Announce(HttpContext context)
    {
        try
        {
            context.Response.OnStarting(WriteField, context);
        }
        catch (InvalidOperationException) when (context.Response.HasStarted)
        {
            // A middleware has begun to write before routing: too late for a field, and no reason to fail. Asking each time would cost each request.
        }
    }

    private static Task Write(object state)
    {
        var context = (HttpContext)state;
        if (Endpoint(context)?.Metadata.GetMetadata<QueryFields>() is { AcceptQuery.Count: > 0 } fields)
            context.Response.Headers.TryAdd(AcceptQuery.FieldName, fields.AcceptQuery);
        return Task.CompletedTask;
    }

    // Error pages run as another endpoint; the response still speaks of the path that was asked for.
    private static Endpoint? Endpoint(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Endpoint
        ?? context.Features.Get<IStatusCodeReExecuteFeature>()?.Endpoint
        ?? context.GetEndpoint();
}
