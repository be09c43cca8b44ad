using KubeList.Errors;
using KubeList.Store;

namespace KubeList.Lists;

/// <summary>Answers GET and HEAD on the path of one object.</summary>
internal sealed class ObjectEndpoint(ResourceKind kind, ListReader reader)
{
    public async Task HandleAsync(HttpContext context)
    {
        Representation.Require(context.Request);
        var given = new OptionSet();
        FormReader.ReadUri(context.Request, given);
        var revision = VersionDemand.ReadRevision(given.TextOf(ListOptionNames.ResourceVersion));
        var state = await reader.FindStateAsync(
            revision == 0 ? default : new(VersionRule.NotOlderThan, revision), context.RequestAborted);

        var name = (string)context.GetRouteValue("name")!;
        var item = state[kind].Find(context.GetRouteValue("namespace") as string ?? "", name)
            ?? throw new StatusException(KubeStatus.NotFound(kind, name));

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = item.Json.Length;
        context.Response.Headers.CacheControl = "no-cache";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(item.Json, context.RequestAborted);
    }
}
