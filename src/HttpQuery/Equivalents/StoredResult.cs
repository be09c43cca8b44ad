using Microsoft.Extensions.Primitives;

namespace HttpQuery.Equivalents;

/// <summary>A result as <c>Content-Location</c> names it (§2.3): it never changes.</summary>
/// <param name="Query">The query that it answered. Its content is left out.</param>
/// <param name="Endpoint">Name of the endpoint that made it.</param>
/// <param name="Owner">Digest of the user and the partition that made it; empty if it is for all.</param>
/// <param name="Headers">The headers that describe it.</param>
/// <param name="Content">The content.</param>
internal sealed record StoredResult(
    StoredQuery Query, string Endpoint, byte[] Owner, KeyValuePair<string, StringValues>[] Headers, ReadOnlyMemory<byte> Content)
{
    /// <summary>Whether it is for all users.</summary>
    public bool IsPublic => Owner.Length == 0;

    public byte[] Write()
    {
        var writer = new RecordWriter();
        writer.Write(Query.PathBase);
        writer.Write(Query.Target);
        writer.Write(Query.Headers);
        writer.Write(Endpoint);
        writer.Write(Owner);
        writer.Write(Headers);
        writer.Write(Content.Span);
        return writer.Written.ToArray();
    }

    /// <exception cref="InvalidDataException">The record is cut off or malformed.</exception>
    public static StoredResult Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        var query = StoredQuery.Check(new(reader.ReadText(), reader.ReadText(), reader.ReadHeaders(), default));
        return new(query, reader.ReadText(), reader.ReadBytes().ToArray(), reader.ReadHeaders(), reader.ReadBytes().ToArray());
    }
}
