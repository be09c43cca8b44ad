using HttpQuery.Conditions;
using HttpQuery.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Equivalents;

/// <summary>A query as its equivalent resource repeats it (§2.2): target, headers of the content, and content.</summary>
/// <param name="PathBase">Path base of the application, as in the URI of the equivalent resource.</param>
/// <param name="Target">The target in origin form, as it was sent.</param>
/// <param name="Headers">The headers that describe the content.</param>
/// <param name="Content">The content.</param>
internal sealed record StoredQuery(
    string PathBase, string Target, KeyValuePair<string, StringValues>[] Headers, ReadOnlyMemory<byte> Content)
{
    private const int PaddingLength = 16;

    /// <summary>Reads a request.</summary>
    public static StoredQuery Create(HttpContext context, ReadOnlyMemory<byte> content)
    {
        var headers = context.Request.Headers;
        return new(
            context.Request.PathBase.ToUriComponent(), RequestTarget.Get(context),
            [.. QueryKeyReader.ContentHeaders.Where(headers.ContainsKey).Select(name => KeyValuePair.Create(name, headers[name]))],
            content);
    }

    /// <summary>Returns the path as the server decodes it; <see langword="null"/> if it may decode it to another one.</summary>
    public string? GetPath()
    {
        var path = PathString.FromUriComponent(Target.Split('?')[0]).Value;
        return path is null || path.Contains('\0') || path.Split('/').Any(segment => segment is "." or "..") ? null : path;
    }

    /// <summary>The query part of the target, with its question mark, or an empty text.</summary>
    public string GetQueryString() => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? Target[mark..] : "";

    /// <summary>Writes the query, filled up to a multiple of 16 bytes, so that its length tells little.</summary>
    public byte[] Write()
    {
        var writer = new RecordWriter();
        writer.Write(PathBase);
        writer.Write(Target);
        writer.Write(Headers);
        writer.Write(Content.Span);
        var bytes = new byte[(writer.Written.Length + PaddingLength - 1) / PaddingLength * PaddingLength];
        writer.Written.CopyTo(bytes);
        return bytes;
    }

    /// <exception cref="InvalidDataException">The record is cut off or malformed.</exception>
    public static StoredQuery Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        return Check(new(reader.ReadText(), reader.ReadText(), reader.ReadHeaders(), reader.ReadBytes().ToArray()));
    }

    /// <summary>Returns a query that was read, if it can be one that was written: a store may return other bytes.</summary>
    /// <exception cref="InvalidDataException">It cannot.</exception>
    public static StoredQuery Check(StoredQuery query) =>
        query.Target is ['/', ..]
        && query.PathBase is "" or ['/', ..]
        && query.GetPath() is not null
        && query.Headers.All(header =>
            QueryKeyReader.ContentHeaders.Contains(header.Key) && header.Value.All(line => !line!.Any(char.IsControl)))
            ? query
            : throw new InvalidDataException("The record of an equivalent resource is malformed.");
}
