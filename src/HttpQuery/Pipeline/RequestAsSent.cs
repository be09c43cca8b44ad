using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Pipeline;

/// <summary>Records, before any middleware can change it, that a request came as POST, and that its content was encoded.</summary>
/// <remarks>QUERY counts as safe, so no code asks it for an antiforgery token. Another site can post a form with an input that makes it a
/// QUERY (<c>UseHttpMethodOverride</c> with a <c>FormFieldName</c>): such a form is rejected. A form cannot send an
/// <c>X-HTTP-Method-Override</c> header, and a script on another site cannot send it without permission.</remarks>
internal sealed class RequestAsSent : IStartupFilter
{
    private const string OverrideField = "X-HTTP-Method-Override";

    public static bool WasPosted(HttpContext context) =>
        context.Features[typeof(Posted)] is not null && context.Request.Headers[OverrideField].Count == 0;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => context =>
        {
            if (HttpMethods.IsPost(context.Request.Method)) context.Features.Set(Posted.Instance);
            if (context.Request.Headers.ContentEncoding.Count > 0)
                context.Features.Set<IHttpRequestBodyDetectionFeature>(
                    new CodedContent(context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true));
            return following(context);
        });
        next(app);
    };

    /// <summary>Replaces the feature that tells whether there is content, and marks the content as encoded by its
    /// type: routing reads that feature anyway.</summary>
    public sealed class CodedContent(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }

    private sealed class Posted
    {
        public static readonly Posted Instance = new();
    }
}
