using System.Text.Json;
using HttpQuery.Caching;

namespace QueryGateway.Management;

/// <summary>Makes what is stored unusable: for a URI, whatever the method and content, or by a tag.</summary>
/// <remarks>204 when it is done; 400 where what is asked for is unclear; 415 for content that is neither JSON nor a form.</remarks>
internal sealed class PurgeEndpoint(QueryCache cache)
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public async Task<IResult> InvokeAsync(HttpRequest request)
    {
        var (wish, problem) = await ReadAsync(request);
        if (wish is null) return problem!;
        if (wish.Uri is null == wish.Tag is null) return Bad("Say one of the two: uri, or tag.");
        if (wish.Tag is { } tag)
        {
            if (tag.Length == 0) return Bad("tag is empty.");
            await cache.EvictByTagAsync(tag);
            return Results.NoContent();
        }

        // As clients ask for it, not in another spelling.
        if (!Uri.TryCreate(wish.Uri, AsItIs, out var uri) || uri.Scheme is not ("http" or "https"))
            return Bad("uri must be absolute, as clients of the gateway ask for it: http://host:port/path?query.");
        await cache.EvictAsync(uri);
        return Results.NoContent();
    }

    private static async Task<(PurgeRequest? Wish, IResult? Problem)> ReadAsync(HttpRequest request)
    {
        try
        {
            if (request.HasFormContentType)
            {
                var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
                if (form.Keys.Any(key => key is not ("uri" or "tag")) || form.Any(field => field.Value.Count != 1)) return (null, Bad("A form has one field, uri or tag."));
                return (new(form["uri"], form["tag"]), null);
            }
            if (!request.HasJsonContentType()) return (null, Results.Problem("Send JSON, {\"uri\": …} or {\"tag\": …}, or a form.", statusCode: StatusCodes.Status415UnsupportedMediaType));
            var wish = await JsonSerializer.DeserializeAsync(request.Body, PurgeJson.Default.PurgeRequest, request.HttpContext.RequestAborted);
            return wish is null ? (null, Bad("The content is null.")) : (wish, null);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            return (null, Bad(error.Message));
        }
    }

    private static IResult Bad(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}
