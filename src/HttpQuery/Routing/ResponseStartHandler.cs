using System.Runtime.CompilerServices;
using HttpQuery.Conditions;
using HttpQuery.Diagnostics;
using HttpQuery.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace HttpQuery.Routing;

/// <summary>Runs when the response of a path that holds a QUERY endpoint starts: <c>Accept-Query</c> (§3), <c>Vary</c>, the
/// count.</summary>
/// <remarks>Not earlier: an exception handler clears headers that are set before, and a middleware may encode the content. Whether a route
/// constraint rejected the path is also known only now.</remarks>
internal sealed class ResponseStartHandler
{
    private readonly Func<object, Task> _write;
    private readonly QueryTelemetry _telemetry;

    public ResponseStartHandler(QueryTelemetry telemetry) => (_telemetry, _write) = (telemetry, Write);

    /// <summary>Registers for the start of the response to a QUERY.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RegisterQuery(HttpContext context)
    {
        if (_telemetry.IsObserved) _telemetry.Track(context);
        Register(context);
    }

    /// <summary>Registers for the start of a response.</summary>
    public void Register(HttpContext context)
    {
        try
        {
            context.Response.OnStarting(_write, context);
        }
        catch (InvalidOperationException) when (context.Response.HasStarted)
        {
            // A middleware has begun to write before routing: too late for a header, and no reason to
            // fail. A check beforehand would cost each request.
        }
    }

    private Task Write(object state)
    {
        var context = (HttpContext)state;
        if (QueryResourceHeaders.FindEndpoint(context) is not { } endpoint
                || endpoint.Metadata.GetMetadata<QueryResourceHeaders>() is not { } described)
            return Task.CompletedTask;

        var headers = context.Response.Headers;
        headers.TryAdd(AcceptQuery.HeaderName, described.AcceptQuery);
        RequestPreconditions.CorrectEntityTag(context);
        if (!HttpMethods.IsQuery(context.Request.Method)) return Task.CompletedTask;

        if (described.VariesByAccept) VaryHeader.Add(headers, "Accept");
        AddLanguage(context);
        QueryTelemetry.Tag(context);
        if (_telemetry.IsObserved) QueryTelemetry.SetEndpoint(context, endpoint);
        return Task.CompletedTask;
    }

    // Only if request localization has run, and neither the URI nor the application's own provider decided.
    private static void AddLanguage(HttpContext context)
    {
        if (context.Features.Get<IRequestCultureFeature>()
                is not { Provider: null or AcceptLanguageHeaderRequestCultureProvider or CookieRequestCultureProvider } culture)
            return;
        VaryHeader.Add(context.Response.Headers, "Accept-Language");

        // A cookie takes precedence if it is read at all, and a request with one then gets another response.
        var providers = (culture.Provider as RequestCultureProvider)?.Options?.RequestCultureProviders;
        if (providers is null || providers.Any(provider => provider is CookieRequestCultureProvider))
            VaryHeader.Add(context.Response.Headers, "Cookie");
    }
}
