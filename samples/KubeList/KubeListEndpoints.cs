using HttpQuery;
using KubeList.Errors;
using KubeList.Lists;
using KubeList.Store;
using Microsoft.Extensions.Options;

namespace KubeList;

/// <summary>Maps the paths of the list API.</summary>
internal static class KubeListEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>For each kind: its list over all, its list in a namespace where it has one, and the single object.</summary>
    public static void MapKubeList(this WebApplication app)
    {
        var reader = app.Services.GetRequiredService<ListReader>();
        var options = app.Services.GetRequiredService<IOptions<KubeListOptions>>();
        foreach (var kind in ResourceKind.All)
        {
            var all = $"/api/{kind.ApiVersion}/{kind.Plural}";
            var one = kind.IsNamespaced ? $"/api/{kind.ApiVersion}/namespaces/{{namespace}}/{kind.Plural}" : all;
            var list = new ListEndpoint(kind, reader, options);
            app.MapList(all, list);
            if (kind.IsNamespaced) app.MapList(one, list);
            app.MapMethods($"{one}/{{name}}", Reading, Guard(new ObjectEndpoint(kind, reader).HandleAsync));
        }
    }

    private static void MapList(this WebApplication app, string pattern, ListEndpoint endpoint)
    {
        var handler = Guard(endpoint.HandleAsync);
        app.MapMethods(pattern, Reading, handler);
        app.MapQuery(pattern, handler).WithAcceptQuery(ListEndpoint.JsonType, ListEndpoint.FormType);
    }

    // Answers that were thrown, and content that Kestrel could not read (cut off, badly chunked), become a Status.
    private static RequestDelegate Guard(RequestDelegate handler) => async context =>
    {
        KubeStatus status;
        try
        {
            await handler(context);
            return;
        }
        catch (StatusException thrown)
        {
            status = thrown.Status;
        }
        catch (BadHttpRequestException thrown)
        {
            status = new(thrown.StatusCode, KubeStatus.ReasonOf(thrown.StatusCode), "the content could not be read");
        }

        // Routing says so where it refuses a method; here the method is fine and what was asked by it is not.
        if (status.Code is StatusCodes.Status405MethodNotAllowed) context.Response.Headers.Allow = "GET, HEAD, QUERY, OPTIONS";
        await StatusWriter.WriteAsync(context, status);
    };
}
