using System.Runtime.CompilerServices;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace HttpQuery.Routing;

/// <summary>What is done when the response of a path that holds a QUERY endpoint starts: <c>Accept-Query</c> (§3), <c>Vary</c>, the count.</summary>
/// <remarks>Not earlier: an exception handler clears fields that are set before, a middleware may code the content, and only now is it known whether a route constraint
/// refused the path.</remarks>
internal sealed class QueryResponseStart
{
    private readonly Func<object, Task> _write;
    private readonly QueryTelemetry _telemetry;

    public QueryResponseStart(QueryTelemetry telemetry) => (_telemetry, _write) = (telemetry, Write);

    /// <summary>Registers for the start of the response to a QUERY.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AnnounceQuery(HttpContext context)
    {
        if (_telemetry.IsObserved) _telemetry.Watch(context);
        Announce(context);
    }

    /// <summary>Registers for the start of a response.</summary>
    public void Announce(HttpContext context)
    {
        try
        {
            context.Response.OnStarting(_write, context);
        }
        catch (InvalidOperationException) when (context.Response.HasStarted)
        {
            // A middleware has begun to write before routing: too late for a field, and no reason to fail. Asking each time would cost each request.
        }
    }

    private Task Write(object state)
    {
        var context = (HttpContext)state;
        if (QueryResource.EndpointOf(context)?.Metadata.GetMetadata<QueryFields>() is not { } fields) return Task.CompletedTask;

        var headers = context.Response.Headers;
        headers.TryAdd(AcceptQuery.FieldName, fields.AcceptQuery);
        if (!HttpMethods.IsQuery(context.Request.Method)) return Task.CompletedTask;

        if (fields.VariesByAccept) VaryField.Add(headers, "Accept");
        if (VariesByLanguage(context)) VaryField.Add(headers, "Accept-Language");

        // One strong tag for coded and plain octets would let a client join parts of both (RFC 9110 §8.8.3.3).
        if (headers.ContentEncoding.Count > 0 && headers.ETag.ToString() is ['"', ..] tag) headers.ETag = "W/" + tag;
        QueryTelemetry.Tag(context);
        return Task.CompletedTask;
    }

    // Request localization has run, and no other of its providers (URI query, cookie, the application's own) was the one that decided.
    private static bool VariesByLanguage(HttpContext context) =>
        context.Features.Get<IRequestCultureFeature>() is { Provider: null or AcceptLanguageHeaderRequestCultureProvider };
}
