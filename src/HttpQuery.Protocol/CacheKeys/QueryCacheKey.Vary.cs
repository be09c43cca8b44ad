using System.Security.Cryptography;
using HttpQuery.CacheKeys.Buffers;
using HttpQuery.HeaderSyntax;

namespace HttpQuery;

public readonly partial record struct QueryCacheKey
{
    /// <summary>The secondary key, for a response that has Vary (RFC 9111 §4.1; docs/cache-key.md §8).</summary>
    /// <param name="fields">The names that Vary lists, in any order and case, and the lines that the request has of each: none where it
    /// has none. They count as UTF-8, without the spaces and tabs around them. Of a name that comes twice the first counts.</param>
    /// <exception cref="ArgumentException">A name is <c>*</c>, which matches no request, or a text has half a surrogate pair.</exception>
    public QueryCacheKey Vary(params IEnumerable<KeyValuePair<string, IEnumerable<string?>>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var ordered = new SortedDictionary<string, IEnumerable<string?>>(StringComparer.Ordinal);
        foreach (var (name, lines) in fields)
        {
            if (name is "*") throw new ArgumentException("Vary: * matches no request.", nameof(fields));
            ordered.TryAdd(HttpSyntax.ToLower(name), lines);
        }

        using var preimage = new PooledByteBuffer();
        preimage.WriteByte(SchemeVersion);
        preimage.WriteByte(1);
        preimage.Write(_octets);
        preimage.WriteInt32(ordered.Count);
        foreach (var (name, lines) in ordered)
        {
            var values = lines.Select(line => (line ?? "").Trim(' ', '\t')).ToArray();
            WriteText(preimage, name);
            preimage.WriteInt32(values.Length);
            foreach (var value in values) WriteText(preimage, value);
        }

        Span<byte> key = stackalloc byte[Length];
        SHA256.HashData(preimage.Span, key);
        return new(key);

        static void WriteText(PooledByteBuffer output, string text)
        {
            var start = output.BeginLengthPrefixed();
            output.WriteText(text);
            output.EndLengthPrefixed(start);
        }
    }
}
