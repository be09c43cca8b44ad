using System.Globalization;
using KubeList.Errors;
using KubeList.Selectors;
using KubeList.Store;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace KubeList.Lists;

/// <summary>Answers GET, HEAD and QUERY on the list path of one kind.</summary>
internal sealed class ListEndpoint(ResourceKind kind, ListReader reader, IOptions<KubeListOptions> options)
{
    /// <summary>The media types of query content.</summary>
    public const string JsonType = "application/json";

    /// <inheritdoc cref="JsonType"/>
    public const string FormType = "application/x-www-form-urlencoded";

    private readonly string _cacheControl = options.Value.MaximumAge < TimeSpan.FromSeconds(1)
        ? "no-cache"
        : string.Create(CultureInfo.InvariantCulture, $"max-age={(long)options.Value.MaximumAge.TotalSeconds}");

    public async Task HandleAsync(HttpContext context)
    {
        Representation.Require(context.Request);
        var request = await ReadRequestAsync(context);
        var page = await reader.ReadAsync(request, context.RequestAborted);

        // The cluster changes under it: a cache may keep the answer but has to ask each time, unless an older one will do.
        context.Response.Headers.CacheControl = _cacheControl;
        await ListWriter.WriteAsync(context, page);
    }

    private async Task<ListRequest> ReadRequestAsync(HttpContext context)
    {
        var limits = options.Value;
        var given = new OptionSet();
        var budget = new SelectorBudget(limits.MaximumValues, limits.MaximumRequirements);
        FormReader.ReadUri(context.Request, given);

        if (HttpMethods.IsQuery(context.Request.Method))
        {
            var content = await ContentReader.ReadAsync(context, limits.MaximumContentLength);
            if (IsForm(context.Request)) FormReader.Read(content.Span, inContent: true, given);
            else JsonContentReader.Read(content.Span, kind, limits.MaximumDepth, budget, given);
        }

        var @namespace = context.GetRouteValue("namespace") as string;
        return ListRequest.Interpret(given, kind, @namespace, budget);
    }

    // The rules of QUERY let these two types through, and nothing else.
    private static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase);
}
