using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Pipeline;

/// <summary>Remembers, before any middleware can change it, that a request came as POST, and that its content was coded.</summary>
/// <remarks>QUERY counts as safe, so nobody asks it for an antiforgery token. A form on another site can be posted with a field that makes it a
/// QUERY (<c>UseHttpMethodOverride</c> with a <c>FormFieldName</c>): such a form is refused. An <c>X-HTTP-Method-Override</c> field is not something that a form
/// can send, nor a script on another site without leave.</remarks>
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
                context.Features.Set<IHttpRequestBodyDetectionFeature>(new CodedContent(context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true));
            return following(context);
        });
        next(app);
    };

    /// <summary>Stands in the place of what tells whether there is content, and tells by its type that this is coded: routing looks there anyway.</summary>
    public sealed class CodedContent(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }

    private sealed class Posted
    {
        public static readonly Posted Instance = new();
    }
}
