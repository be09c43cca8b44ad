using KubeList.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace KubeList.Lists;

/// <summary>Reads query content whole, up to the limit.</summary>
internal static class ContentReader
{
    private const int FirstBuffer = 4096;

    /// <exception cref="StatusException">The content is larger than <paramref name="maximum"/> octets (413), or coded (415).</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int maximum)
    {
        var request = context.Request;
        RefuseCoding(context);

        // The server's own limit is another one; here this one alone holds, with its own message.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server) server.MaxRequestBodySize = null;
        if (request.ContentLength > maximum) throw new StatusException(KubeStatus.TooLarge(maximum));

        // One octet more than allowed tells that there is more; a stated length is a size to start with, not a promise.
        var buffer = new byte[(int)Math.Min(maximum + 1L, (request.ContentLength ?? FirstBuffer) + 1)];
        var length = 0;
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted);
            if (read == 0) return buffer.AsMemory(0, length);
            length += read;
            if (length > maximum) throw new StatusException(KubeStatus.TooLarge(maximum));
            if (length == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(maximum + 1L, buffer.Length * 2L));
        }
    }

    private static void RefuseCoding(HttpContext context)
    {
        if (context.Request.Headers.ContentEncoding.All(coding => coding is "identity")) return;
        context.Response.Headers.AcceptEncoding = "identity";
        throw new StatusException(new(StatusCodes.Status415UnsupportedMediaType, "UnsupportedMediaType", "content must not be coded"));
    }
}
