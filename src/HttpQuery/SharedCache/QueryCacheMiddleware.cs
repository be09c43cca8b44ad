using System.Buffers;
using HttpQuery.CacheKeys;
using HttpQuery.CachePolicies;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;
using HttpQuery.Endpoints;
using HttpQuery.Equivalents;
using HttpQuery.Http;
using HttpQuery.Identity;
using HttpQuery.Problems;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery.SharedCache;

/// <summary>The shared cache in a pipeline (§2.7; RFC 9111). It applies the decisions of the engine to requests and responses.</summary>
internal sealed class QueryCacheMiddleware
{
    private readonly RequestDelegate _next;
    private readonly QueryCache _cache;
    private readonly HttpQueryCacheOptions _options;
    private readonly PipelineOrderCheck _order;
    private readonly CacheWarnings _warnings;
    private readonly BackgroundRevalidator _background;
    private readonly TimeProvider _time;

    public QueryCacheMiddleware(
        RequestDelegate next, QueryCache cache, IOptions<HttpQueryCacheOptions> options, PipelineOrderCheck order, CacheWarnings warnings,
        BackgroundRevalidator background, TimeProvider? time = null)
    {
        (_next, _cache, _options, _order, _warnings) = (next, cache, options.Value, order, warnings);
        (_background, _time) = (background, time ?? TimeProvider.System);
    }

    public async Task InvokeAsync(HttpContext context)
    {
        // One cache is enough. And if a response has started before the cache, the cache can neither answer nor store.
        var feature = context.Features[typeof(CacheFeature)] as CacheFeature;
        if (feature?.Exchange is not null
            || (context.Response.HasStarted && InvalidationRules.IsSafe(HttpMethods.GetCanonicalizedValue(context.Request.Method))))
        {
            await _next(context);
            return;
        }

        var (headers, policy) = (new RequestHeaderSnapshot(context.Request.Headers), QueryCachePolicy.Get(context));
        CacheRequest request;
        LookupInputs? inputs;
        LookupContent? content;
        try
        {
            (request, inputs, content) = await ReadAsync(context, headers, policy, isBackground: feature?.Original is not null);
        }
        catch (Exception exception) when (UnreadableContentProblem.TryWrite(context, exception) is { } writing)
        {
            await writing;
            return;
        }

        // A background request skips the middleware before the cache. If that changes its partition or user, it is dropped.
        if (feature?.Original is { } original
            && !(request.Partition.Span.SequenceEqual(original.Partition.Span) && request.User.Span.SequenceEqual(original.User.Span)))
        {
            content?.Consume();
            return;
        }

        switch (await LookUpAsync(context, request, content))
        {
            case CacheDecision.Serve serve:
                if (serve.Revalidation is { } revalidation) Revalidate(context, request, revalidation);
                content?.Consume();
                if (FindEquivalent(context) is { } equivalent) equivalent.IsVerified = true;
                await CachedResponseWriter.WriteAsync(context, serve.Message);
                break;
            case CacheDecision.Refuse refuse:
                content?.Consume();
                await CachedResponseWriter.WriteOnlyIfCachedAsync(context, refuse);
                break;
            case CacheDecision.Forward { Exchange: var exchange }:
                using (exchange)
                {
                    context.Features.Set(new CacheFeature { Exchange = exchange });
                    if (exchange.NeedsResponse) await ForwardAsync(context, request, content, inputs, exchange, headers, policy);
                    else await PassAsync(context, content);
                }
                break;
        }
    }

    private async ValueTask<CacheDecision> LookUpAsync(HttpContext context, CacheRequest request, LookupContent? content)
    {
        try
        {
            return await _cache.LookUpAsync(request, context.RequestAborted);
        }
        catch
        {
            // The client left while the request waited for another.
            content?.Consume();
            throw;
        }
    }

    // HEAD may have an endpoint of its own, whose responses do not answer GET.
    private void Revalidate(HttpContext context, CacheRequest request, BackgroundRevalidation revalidation)
    {
        if (request.Method is not "HEAD"
            && revalidation.TryBegin()
            && !_background.TryStart(context, request, InvokeAsync, revalidation.End))
            revalidation.End();
    }

    private async Task PassAsync(HttpContext context, LookupContent? content)
    {
        if (content is { } unneeded) await unneeded.ForwardAsync(context, isNeeded: false);
        context.Response.OnStarting(AddStatus, context);
        var isRouted = context.GetEndpoint() is not null;
        await _next(context);
        content?.Finish(context);
        if (!isRouted && context.GetEndpoint() is not null) _warnings.LogBypass(CacheBypass.BeforeRouting);
    }

    private static readonly Func<object, Task> AddStatus = state =>
    {
        var context = (HttpContext)state;
        var (response, exchange) = (context.Response, context.Features.GetRequiredFeature<CacheFeature>().Exchange!);
        var lines = exchange.StatusLines(response.StatusCode, response.Headers[CacheStatus.HeaderName]);
        CachedResponseWriter.SetStatus(response.Headers, lines);
        return Task.CompletedTask;
    };

    private async Task ForwardAsync(
        HttpContext context, CacheRequest request, LookupContent? content, LookupInputs? inputs,
        OriginExchange exchange, RequestHeaderSnapshot headers, QueryCachePolicy policy)
    {
        if (content is { } looked) content = await looked.ForwardAsync(context, isNeeded: !exchange.Conditions.IsEmpty);
        request.Content = exchange.Conditions.IsEmpty ? ReadOnlySequence<byte>.Empty : content?.Bytes;
        headers.Capture();
        using var identity = IdentityWatch.Begin(context);
        var changes = new RequestChangeDetector(IsUserUnknown, () => !HaveSameInputs(context, policy, inputs));
        if (!exchange.Conditions.IsEmpty) headers.ReplaceConditions(exchange.Conditions);
        try
        {
            if (await ForwardOnceAsync(context, request, exchange, headers, policy, changes) is not ResponseAction.Retry retry) return;

            // The response answered a condition of the cache, and is of no use to the client.
            using var second = retry.Exchange;
            headers.RestoreAll();

            // Copy the content: an error page may read it after its memory has been reused.
            if (request.Content is { IsEmpty: false } again) context.Request.Body = new ReplayedStream(again.ToArray(), Stream.Null);
            await ForwardOnceAsync(context, request, second, headers, policy, changes);
        }
        finally
        {
            content?.Finish(context);
        }

        bool IsUserUnknown() =>
            identity.WasAccessed || !_order.IsWatched || headers.DifferIn(_options.CredentialHeaders)
            || !IsSameUser(context, policy, request.User.Span);
    }

    private async ValueTask<ResponseAction?> ForwardOnceAsync(
        HttpContext context, CacheRequest request, OriginExchange exchange, RequestHeaderSnapshot headers, QueryCachePolicy policy,
        RequestChangeDetector changes)
    {
        ResponseAction? reaction;
        using (var response = new ForwardedResponseFeature(context, exchange, policy, changes, request.Normalizations, _time))
        {
            var body = new ForwardedBodyFeature(response, context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
            context.Features.Set<IHttpResponseBodyFeature>(body);
            try
            {
                await _next(context);
                await body.FinishAsync();
            }
            catch (Exception) when (!exchange.IsSafe)
            {
                // The cache knows neither which data the endpoint has changed nor how middleware before the cache responds.
                await exchange.InvalidateTargetAsync();
                throw;
            }
            catch (Exception exception)
                when (exception is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
            {
                var status = (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
                if (!await response.TryServeStoredAsync(status)) throw;
                CacheLog.ServedStored(_warnings.Logger, exception);
            }
            finally
            {
                headers.RestoreConditions();
            }
            reaction = response.Reaction;
        }
        if (reaction is ResponseAction.Serve serve) await CachedResponseWriter.WriteAsync(context, serve.Message);
        return reaction;
    }

    private async ValueTask<(CacheRequest Request, LookupInputs? Inputs, LookupContent? Content)> ReadAsync(
        HttpContext context, RequestHeaderSnapshot headers, QueryCachePolicy policy, bool isBackground)
    {
        var (request, target) = (context.Request, RequestTarget.Get(context));
        var method = HttpMethods.GetCanonicalizedValue(request.Method);
        var isRewritten = RequestTarget.IsRewritten(context, target);
        var equivalent = FindEquivalent(context);
        var authority = RequestTarget.GetAuthority(context);
        var bypass = authority.Length == 0 ? CacheBypass.NoHost : _order.FindBypass(context, isRewritten);
        var normalizations = method is "QUERY" ? EndpointNormalizations.Get(context) : QueryNormalizations.None;
        var read = bypass is null && method is "GET" or "HEAD" or "QUERY" ? await ReadContentAsync(context, method) : null;
        var content = read?.Bytes;
        if (content is not null && equivalent is not null && FindBypass(context, equivalent, content.Value) is { } other)
            (content, bypass) = (null, other);
        var (inputs, partition, user) = (default(LookupInputs?), default(byte[]), default(byte[]));
        if (content is not null)
        {
            try
            {
                var taken = LookupInputs.Create(context, policy);
                (inputs, partition, user) = (taken, taken.ToPartition(context, isRewritten), GetUser(context, policy));
                if (user is null) (content, bypass) = (null, CacheBypass.UncertainUser);
            }
            catch (Exception exception) when (policy.Partition is not null || policy.User is not null)
            {
                CacheLog.PolicyFailed(_warnings.Logger, exception);
                (content, bypass) = (null, CacheBypass.FailingPolicy);
            }
            catch
            {
                read?.Consume();
                throw;
            }
        }
        if (method is "GET" or "HEAD" or "QUERY" && content is null)
            _warnings.LogBypass(bypass ?? (read is { HasGivenWay: true } ? CacheBypass.NoMemory : CacheBypass.Content));
        return (new()
        {
            Method = method,
            Scheme = request.Scheme,
            Authority = authority,
            Target = target,
            Headers = headers,
            Content = content,
            Normalizations = normalizations,
            Partition = partition,
            User = user,
            IsSharedAcrossUsers = policy.IsSharedAcrossUsers,
            Tags = policy.FixedTags,
            DefaultLifetime = policy.Lifetime,
            IsBackground = isBackground,
        }, inputs, read);
    }

    // The content of such a request is never the server's. Looking up an absent feature is slow.
    private static EquivalentRequest? FindEquivalent(HttpContext context) =>
        BufferedContent.IsServerStream(context.Request.Body) ? null : EquivalentRequest.Get(context);

    // The endpoint answers, too, and checks the same. A hit must not be faster than that check.
    private static CacheBypass? FindBypass(HttpContext context, EquivalentRequest equivalent, in ReadOnlySequence<byte> content) =>
        equivalent.Result is not null
            ? CacheBypass.StoredResult
            : context.RequestServices.GetRequiredService<EquivalentResources>().StandsFor(
                equivalent, context, content.IsSingleSegment ? content.First : content.ToArray())
                ? null
                : CacheBypass.OtherQuery;

    private async ValueTask<LookupContent?> ReadContentAsync(HttpContext context, string method)
    {
        if (method is not "QUERY")
        {
            if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength is not (null or 0))
                return null;
            return LookupContent.Empty;
        }
        if (context.Request.ContentLength > _options.MaximumContentLength) return null;
        return await LookupContent.ReadAsync(context, _options.MaximumContentLength, _cache.Pending);
    }

    // Null if a principal of an application-defined class may hold data that its claims do not show.
    private byte[]? GetUser(HttpContext context, QueryCachePolicy policy)
    {
        if (policy.IsSharedAcrossUsers) return [];
        if (policy.User?.Invoke(context) is { } name) return UserDigest.Create(name);
        if (!UserDigest.IsCertain(context)) return null;
        var user = UserDigest.Create(context, _options.CredentialHeaders);
        if (user.Length > 0) _warnings.WarnAboutTokenClaims(context);
        return user;
    }

    private bool IsSameUser(HttpContext context, QueryCachePolicy policy, ReadOnlySpan<byte> user)
    {
        try
        {
            return GetUser(context, policy) is { } now && now.AsSpan().SequenceEqual(user);
        }
        catch (Exception exception) when (policy.User is not null)
        {
            CacheLog.PolicyFailed(_warnings.Logger, exception);
            return false;
        }
    }

    // No inputs: the request was not looked up, and nothing is stored for it.
    private bool HaveSameInputs(HttpContext context, QueryCachePolicy policy, LookupInputs? inputs)
    {
        try
        {
            return inputs is null || LookupInputs.Create(context, policy) == inputs;
        }
        catch (Exception exception) when (policy.Partition is not null)
        {
            CacheLog.PolicyFailed(_warnings.Logger, exception);
            return false;
        }
    }
}
