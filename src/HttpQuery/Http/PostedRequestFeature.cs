using Microsoft.AspNetCore.Http;

namespace HttpQuery.Http;

/// <summary>Marks a request that arrived as POST, before any middleware could change its method.</summary>
/// <remarks>QUERY counts as safe, so no code asks it for an antiforgery token. Another site can post a form with an input that makes it a
/// QUERY (<c>UseHttpMethodOverride</c> with a <c>FormFieldName</c>): such a form is rejected. A form cannot send an
/// <c>X-HTTP-Method-Override</c> header, and a script on another site cannot send it without permission.</remarks>
internal sealed class PostedRequestFeature
{
    private const string OverrideHeader = "X-HTTP-Method-Override";

    public static readonly PostedRequestFeature Instance = new();

    /// <summary>Whether the request arrived as POST, and its method was not changed by a header.</summary>
    public static bool WasPosted(HttpContext context) =>
        context.Features[typeof(PostedRequestFeature)] is not null && context.Request.Headers[OverrideHeader].Count == 0;
}
