using HttpQuery.Conditions;
using HttpQuery.Identity;
using HttpQuery.Problems;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Equivalents;

/// <summary>Names the equivalent resource of a query in <c>Location</c> (§2.4), and checks that a request for one stands for exactly the
/// query that runs.</summary>
internal sealed class EquivalentResourceHandler
{
    private readonly RequestDelegate _next;
    private readonly bool _sendsLocation;
    private readonly bool _storesResults;
    private readonly int _maximumLength;
    private readonly Func<HttpContext, ReadOnlyMemory<byte>, Task> _sendResult;

    /// <summary>Wraps the handler of an endpoint.</summary>
    /// <param name="next">The handler.</param>
    /// <param name="sendsLocation">Whether responses name an equivalent resource.</param>
    /// <param name="storesResults">Whether results are stored.</param>
    /// <param name="maximumLength">Largest content that is read ahead, in bytes.</param>
    /// <param name="sendResult">Sends a stored result, whole or in part.</param>
    public EquivalentResourceHandler(
        RequestDelegate next, bool sendsLocation, bool storesResults, int maximumLength,
        Func<HttpContext, ReadOnlyMemory<byte>, Task> sendResult)
    {
        (_next, _sendsLocation, _storesResults) = (next, sendsLocation, storesResults);
        (_maximumLength, _sendResult) = (maximumLength, sendResult);
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var request = EquivalentRequest.Get(context);
        if (request?.Result is not null && _storesResults)
        {
            await StoredResultWriter.WriteAsync(context, request, _sendResult);
            return;
        }
        if (request is not null && (request.Result is not null || !_sendsLocation))
        {
            await EquivalentProblems.WriteUnknownAsync(context);
            return;
        }
        if (_sendsLocation && !await SetLocationAsync(context, request)) return;
        using var watch = request is not null || _storesResults ? IdentityWatch.Begin(context) : null;
        if (request is not null) request.Watch = watch;
        await _next(context);

        // A client would repeat the GET there, and not the query (§2.5).
        if (request is not null && context.Response is { HasStarted: false, StatusCode: 301 or 302 or 307 or 308 })
            await EquivalentProblems.WriteUnknownAsync(context);
    }

    // Returns whether the request is to be answered by the endpoint.
    private async ValueTask<bool> SetLocationAsync(HttpContext context, EquivalentRequest? request)
    {
        BufferedContent content;
        try
        {
            content = await BufferedContent.ReadAsync(context, _maximumLength);
        }
        catch (Exception exception) when (UnreadableContentProblem.TryWrite(context, exception) is { } writing)
        {
            await writing;
            return false;
        }
        var resources = context.RequestServices.GetRequiredService<EquivalentResources>();
        if (request is not null && (!content.IsCertain || !resources.StandsFor(request, context, content.Bytes)))
        {
            await EquivalentProblems.WriteUnknownAsync(context);
            return false;
        }
        if (request is not null) request.IsVerified = true;
        if (!content.IsCertain || resources.Create(context, content.Bytes) is not { } resource) return true;

        // Set now, so that the handler and every cache see it. Output caching does not see that it is removed later.
        var isKept = context.Features.Get<IOutputCacheFeature>() is not null && resource.StoreKey is not null;
        if (isKept && !await resources.KeepAsync(resource, TimeSpan.Zero)) return true;
        context.Response.Headers.Location = resource.Uri;
        context.Response.OnStarting(() => CheckLocationAsync(context, resources, resource, mayRedirect: request is null));
        return true;
    }

    // An application may set another Location. Only a result has an equivalent resource, or a 303 that leads to it (§2.5).
    private static async Task CheckLocationAsync(
        HttpContext context, EquivalentResources resources, EquivalentResource resource, bool mayRedirect)
    {
        var response = context.Response;
        if (response.Headers.Location != resource.Uri) return;
        var isNamed = response.StatusCode
            is (>= 200 and < 300 and not StatusCodes.Status201Created) or StatusCodes.Status304NotModified
            || (mayRedirect && response.StatusCode is StatusCodes.Status303SeeOther);
        if (!isNamed || !await resources.KeepAsync(resource, ResponseSharing.GetFreshness(context))) response.Headers.Remove("Location");
    }
}
