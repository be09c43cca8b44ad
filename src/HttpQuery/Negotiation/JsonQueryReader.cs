using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HttpQuery.Http;
using HttpQuery.Problems;
using HttpQuery.ResponseBody;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Negotiation;

/// <summary>Reads query content as JSON of a type whose metadata is given (§2.1).</summary>
internal static class JsonQueryReader
{
    /// <summary>Returns the query, or the result that rejects it.</summary>
    public static async Task<(TQuery? Query, IResult? Problem)> ReadAsync<TQuery>(HttpContext context, JsonTypeInfo<TQuery> typeInfo)
        where TQuery : notnull
    {
        if (JsonMediaType.GetEncoding(context.Request.ContentType) is not { } encoding)
            return (default, new DelegateResult(UnsupportedCharsetProblem.WriteAsync));

        var isUtf8 = encoding is UTF8Encoding;
        var content = isUtf8
            ? context.Request.Body
            : Encoding.CreateTranscodingStream(context.Request.Body, encoding, Encoding.UTF8, leaveOpen: true);
        try
        {
            return await JsonSerializer.DeserializeAsync(content, typeInfo, context.RequestAborted) is { } query
                ? (query, null)
                : (default, new DelegateResult(new JsonError(null, null).WriteAsync));
        }
        catch (JsonException exception)
        {
            // In transcoded bytes, a position would not be the sender's.
            return (default, new DelegateResult((isUtf8 ? JsonError.From(exception) : new(null, null)).WriteAsync));
        }
        catch (Exception exception) when (exception is InvalidDataException or BadHttpRequestException)
        {
            return (default, new DelegateResult(http => UnreadableContentProblem.TryWrite(http, exception)!));
        }
        finally
        {
            if (!isUtf8) await content.DisposeAsync();
        }
    }
}
