using System.Text.Json;
using HttpQuery.Caching;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueryGateway.Management;

/// <summary>Makes stored responses unusable: those of a URI, whatever the method and content, or those with a tag.</summary>
/// <remarks>204 when done; 400 where the request is unclear; 413 where the content is too long; 415 for content that is neither JSON nor a form; 503 where the store was not reached.</remarks>
internal sealed class PurgeEndpoint(QueryCache cache)
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public async Task<IResult> InvokeAsync(HttpRequest request)
    {
        var (wish, problem) = await ReadAsync(request);
        if (wish is null) return problem!;
        if (wish.Uri is null == wish.Tag is null) return Bad("Give one of the two: uri, or tag.");
        if (wish.Tag is { } tag)
        {
            if (tag.Length == 0) return Bad("tag is empty.");
            return Done(await cache.EvictByTagAsync(tag));
        }

        // As clients ask for it, not in another spelling.
        if (!Uri.TryCreate(wish.Uri, AsItIs, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || !uri.PathAndQuery.All(letter => letter is > ' ' and <= '~'))
            return Bad("uri must be absolute and in ASCII, as clients of the gateway ask for it: http://host:port/path?query.");
        return Done(await cache.EvictAsync(uri));
    }

    private static IResult Done(bool isReached) => isReached
        ? Results.NoContent()
        : Results.Problem("The store was not reached. This gateway serves nothing from it until it has invalidated all of it; other gateways may go on. Purge again.", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<(PurgeRequest? Wish, IResult? Problem)> ReadAsync(HttpRequest request)
    {
        if (!StringValues.IsNullOrEmpty(request.Headers.ContentEncoding)) return (null, Unsupported("Content-Encoding is not read here."));
        try
        {
            if (IsForm(request)) return Read(await request.ReadFormAsync(request.HttpContext.RequestAborted));
            if (!request.HasJsonContentType()) return (null, Unsupported("Send JSON, {\"uri\": …} or {\"tag\": …}, or a form (application/x-www-form-urlencoded)."));
            var wish = await JsonSerializer.DeserializeAsync(request.Body, PurgeJson.Default.PurgeRequest, request.HttpContext.RequestAborted);
            return wish is null ? (null, Bad("The content is null.")) : (wish, null);
        }
        catch (BadHttpRequestException error)
        {
            var isTooLong = error.StatusCode is StatusCodes.Status413PayloadTooLarge;
            return (null, Results.Problem(isTooLong ? $"The content is longer than {ManagementServer.MaximumContentLength} bytes." : "The content did not come whole.", statusCode: error.StatusCode));
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            return (null, Bad(error.Message));
        }
    }

    private static (PurgeRequest? Wish, IResult? Problem) Read(IFormCollection form) =>
        form.Keys.Any(key => key is not ("uri" or "tag")) || form.Any(field => field.Value.Count != 1)
            ? (null, Bad("A form has one field, uri or tag."))
            : (new(form["uri"], form["tag"]), null);

    private static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    private static IResult Bad(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    private static IResult Unsupported(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status415UnsupportedMediaType);
}
