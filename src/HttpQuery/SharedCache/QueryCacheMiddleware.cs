using System.Buffers;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;
using HttpQuery.Endpoints;
using HttpQuery.Identity;
using HttpQuery.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace HttpQuery.SharedCache;

/// <summary>The shared cache in a pipeline (§2.7; RFC 9111). It applies the decisions of the engine to requests and responses.</summary>
internal sealed class QueryCacheMiddleware
{
    private readonly RequestDelegate _next;
    private readonly QueryCache _cache;
    private readonly HttpQueryCacheOptions _options;
    private readonly CachePosition _position;
    private readonly CacheWarnings _warnings;
    private readonly BackgroundRequests _background;
    private readonly TimeProvider _time;

    public QueryCacheMiddleware(
        RequestDelegate next, QueryCache cache, IOptions<HttpQueryCacheOptions> options, CachePosition position, CacheWarnings warnings,
        BackgroundRequests background, TimeProvider? time = null)
    {
        (_next, _cache, _options, _position, _warnings) = (next, cache, options.Value, position, warnings);
        (_background, _time) = (background, time ?? TimeProvider.System);
    }

    public async Task InvokeAsync(HttpContext context)
    {
        // One cache is enough. And if a response has started before the cache, the cache can neither answer nor store.
        var place = context.Features[typeof(CachePlace)] as CachePlace;
        if (place?.Exchange is not null
            || (context.Response.HasStarted && InvalidationRules.IsSafe(HttpMethods.GetCanonicalizedValue(context.Request.Method))))
        {
            await _next(context);
            return;
        }

        var (fields, policy) = (new RequestFields(context.Request.Headers), QueryCachePolicy.Of(context));
        CacheRequest request;
        LookupInputs? inputs;
        LookupContent? content;
        try
        {
            (request, inputs, content) = await ReadAsync(context, fields, policy, isBackground: place?.Original is not null);
        }
        catch (Exception exception) when (UnreadableContent.TryAnswer(context, exception) is { } answer)
        {
            await answer;
            return;
        }

        // A background request skips the middleware before the cache. If that changes its partition or user, it is dropped.
        if (place?.Original is { } original
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
                await CacheAnswer.WriteAsync(context, serve.Message);
                break;
            case CacheDecision.Refuse refuse:
                content?.Consume();
                await CacheAnswer.RefuseAsync(context, refuse);
                break;
            case CacheDecision.Forward { Exchange: var exchange }:
                using (exchange)
                {
                    context.Features.Set(new CachePlace { Exchange = exchange });
                    if (exchange.NeedsResponse) await ForwardAsync(context, request, content, inputs, exchange, fields, policy);
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
        if (!isRouted && context.GetEndpoint() is not null) _warnings.Bypass(CacheBypass.BeforeRouting);
    }

    private static readonly Func<object, Task> AddStatus = state =>
    {
        var context = (HttpContext)state;
        var (response, exchange) = (context.Response, context.Features.GetRequiredFeature<CachePlace>().Exchange!);
        CacheAnswer.SetStatus(response.Headers, exchange.StatusLines(response.StatusCode, response.Headers[CacheStatus.HeaderName]));
        return Task.CompletedTask;
    };

    private async Task ForwardAsync(
        HttpContext context, CacheRequest request, LookupContent? content, LookupInputs? inputs,
        OriginExchange exchange, RequestFields fields, QueryCachePolicy policy)
    {
        if (content is { } looked) content = await looked.ForwardAsync(context, isNeeded: !exchange.Conditions.IsEmpty);
        request.Content = exchange.Conditions.IsEmpty ? ReadOnlySequence<byte>.Empty : content?.Bytes;
        fields.Keep();
        using var identity = IdentityWatch.Begin(context);
        var changes = new RequestChanges(IsUserUnknown, () => !AreInputs(context, policy, inputs));
        if (!exchange.Conditions.IsEmpty) fields.Replace(exchange.Conditions);
        try
        {
            if (await ForwardOnceAsync(context, request, exchange, fields, policy, changes) is not ResponseAction.Retry retry) return;

            // The response answered a condition of the cache, and is of no use to the client.
            using var second = retry.Exchange;
            fields.PutBack();

            // Copy the content: an error page may read it after its memory has been reused.
            if (request.Content is { IsEmpty: false } again) context.Request.Body = new ReplayedStream(again.ToArray(), Stream.Null);
            await ForwardOnceAsync(context, request, second, fields, policy, changes);
        }
        finally
        {
            content?.Finish(context);
        }

        bool IsUserUnknown() =>
            identity.WasAsked || !_position.IsWatched || fields.DifferIn(_options.CredentialHeaders)
            || !IsUser(context, policy, request.User.Span);
    }

    private async ValueTask<ResponseAction?> ForwardOnceAsync(
        HttpContext context, CacheRequest request, OriginExchange exchange, RequestFields fields, QueryCachePolicy policy,
        RequestChanges changes)
    {
        ResponseAction? reaction;
        using (var response = new ForwardedResponse(context, exchange, policy, changes, request.Normalizations, _time))
        {
            var body = new ForwardedBody(response, context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
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
                if (!await response.TryServeInsteadAsync(status)) throw;
                CacheLog.ServedInstead(_warnings.Logger, exception);
            }
            finally
            {
                fields.Restore();
            }
            reaction = response.Reaction;
        }
        if (reaction is ResponseAction.Serve serve) await CacheAnswer.WriteAsync(context, serve.Message);
        return reaction;
    }

    private async ValueTask<(CacheRequest Request, LookupInputs? Inputs, LookupContent? Content)> ReadAsync(
        HttpContext context, RequestFields fields, QueryCachePolicy policy, bool isBackground)
    {
        var (request, target) = (context.Request, RequestTarget.Of(context));
        var method = HttpMethods.GetCanonicalizedValue(request.Method);
        var isRewritten = RequestTarget.IsRewritten(context, target);
        var authority = RequestTarget.AuthorityOf(context);
        var bypass = authority.Length == 0 ? CacheBypass.NoHost : _position.BypassOf(context, isRewritten);
        var normalizations = method is "QUERY" ? EndpointNormalizations.Of(context) : QueryNormalizations.None;
        var read = bypass is null && method is "GET" or "HEAD" or "QUERY" ? await ReadContentAsync(context, method) : null;
        var content = read?.Bytes;
        var (inputs, partition, user) = (default(LookupInputs?), default(byte[]), default(byte[]));
        if (content is not null)
        {
            try
            {
                var taken = LookupInputs.Of(context, policy);
                (inputs, partition, user) = (taken, taken.ToPartition(context, isRewritten), UserOf(context, policy));
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
            _warnings.Bypass(bypass ?? (read is { HasGivenWay: true } ? CacheBypass.NoMemory : CacheBypass.Content));
        return (new()
        {
            Method = method,
            Scheme = request.Scheme,
            Authority = authority,
            Target = target,
            Headers = fields,
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
    private byte[]? UserOf(HttpContext context, QueryCachePolicy policy)
    {
        if (policy.IsSharedAcrossUsers) return [];
        if (policy.User?.Invoke(context) is { } name) return UserDigest.Of(name);
        if (!UserDigest.IsCertain(context)) return null;
        var user = UserDigest.Of(context, _options.CredentialHeaders);
        if (user.Length > 0) _warnings.WarnOfTokenClaims(context);
        return user;
    }

    private bool IsUser(HttpContext context, QueryCachePolicy policy, ReadOnlySpan<byte> user)
    {
        try
        {
            return UserOf(context, policy) is { } now && now.AsSpan().SequenceEqual(user);
        }
        catch (Exception exception) when (policy.User is not null)
        {
            CacheLog.PolicyFailed(_warnings.Logger, exception);
            return false;
        }
    }

    // No inputs: the request was not looked up, and nothing is stored for it.
    private bool AreInputs(HttpContext context, QueryCachePolicy policy, LookupInputs? inputs)
    {
        try
        {
            return inputs is null || LookupInputs.Of(context, policy) == inputs;
        }
        catch (Exception exception) when (policy.Partition is not null)
        {
            CacheLog.PolicyFailed(_warnings.Logger, exception);
            return false;
        }
    }
}
