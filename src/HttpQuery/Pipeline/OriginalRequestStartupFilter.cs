using HttpQuery.Http;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Pipeline;

/// <summary>Records, before any middleware can change it, that a request came as POST, and that its content was encoded.</summary>
internal sealed class OriginalRequestStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => context =>
        {
            if (HttpMethods.IsPost(context.Request.Method)) context.Features.Set(PostedRequestFeature.Instance);
            if (context.Request.Headers.ContentEncoding.Count > 0)
                context.Features.Set<IHttpRequestBodyDetectionFeature>(
                    new EncodedContentFeature(context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true));
            return following(context);
        });
        next(app);
    };
}
