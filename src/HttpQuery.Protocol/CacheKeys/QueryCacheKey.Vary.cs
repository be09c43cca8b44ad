using System.Security.Cryptography;
using HttpQuery.CacheKeys.Buffers;
using HttpQuery.HeaderSyntax;

namespace HttpQuery;

public readonly partial record struct QueryCacheKey
{
    /// <summary>Creates the secondary key, for a response with Vary (RFC 9111 §4.1; docs/cache-key.md §8).</summary>
    /// <param name="headers">The header names in Vary, in any order and case, each with its lines in the request; empty when absent.
    /// Lines count as UTF-8, without spaces and tabs around them. For a repeated name, the first entry counts.</param>
    /// <exception cref="ArgumentException">A name is <c>*</c>, which matches no request, or a text has an unpaired surrogate.</exception>
    public QueryCacheKey Vary(params IEnumerable<KeyValuePair<string, IEnumerable<string?>>> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var ordered = new SortedDictionary<string, IEnumerable<string?>>(StringComparer.Ordinal);
        foreach (var (name, lines) in headers)
        {
            if (name is "*") throw new ArgumentException("Vary: * matches no request.", nameof(headers));
            ordered.TryAdd(HttpSyntax.ToLower(name), lines);
        }

        using var preimage = new PooledByteBuffer();
        preimage.WriteByte(SchemeVersion);
        preimage.WriteByte(1);
        preimage.Write(_bytes);
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
