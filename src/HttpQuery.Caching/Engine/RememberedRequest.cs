using HttpQuery.CacheKeys;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>The parts of a request that determine its keys, and the keys. The compared parts never change.</summary>
internal sealed class RememberedRequest
{
    private const int Overhead = 504;
    private const int HeaderOverhead = 64;

    // A request with more headers is compared name by name.
    private const int MostOthers = 24;

    private readonly string _method, _scheme, _authority, _target;
    private readonly byte[] _partition, _user;
    private readonly QueryNormalizations _normalizations;
    private readonly Header[] _headers;
    private readonly string[]? _others;
    private bool _wasRead;

    public RememberedRequest(
        ulong hash, CacheRequest request, IReadOnlyList<string> routingHeaders, RememberedContent content, CacheKeySet keys)
    {
        (Hash, Content, Keys, Node) = (hash, content, keys, new(this));
        (_method, _scheme, _authority, _target) = (GetMethod(request), request.Scheme, request.Authority, request.Target);
        (_partition, _user, _normalizations) = (request.Partition.ToArray(), request.User.ToArray(), request.Normalizations);

        var headers = new List<Header>();
        for (var i = 0; i < GetCount(routingHeaders); i++)
        {
            // A server may reuse the array, even that of a single line.
            if (request.Headers[GetName(routingHeaders, i)] is { Count: > 0 } lines)
                headers.Add(new(i, lines.Count == 1 ? new(lines[0]) : new StringValues((string?[])[.. lines])));
        }
        _headers = [.. headers];
        _others = GetOthers(request, routingHeaders, _headers.Length);
        Size = Overhead + (2L * (_scheme.Length + _authority.Length + _target.Length)) + _partition.Length + _user.Length
            + headers.Sum(header => HeaderOverhead + header.Lines.Sum(line => 32L + (2L * (line?.Length ?? 0))))
            + (_others?.Sum(name => 32L + (2L * name.Length)) ?? 0);
    }

    public ulong Hash { get; }

    public RememberedContent Content { get; }

    public CacheKeySet Keys { get; }

    /// <summary>The position among the entries of the memo, by age.</summary>
    public LinkedListNode<RememberedRequest> Node { get; }

    /// <summary>Memory without the content, in bytes.</summary>
    public long Size { get; }

    /// <summary>Tells whether a request has these keys, whatever its hash.</summary>
    public bool Matches(CacheRequest request, IReadOnlyList<string> routingHeaders)
    {
        if (request.Target != _target || GetMethod(request) != _method || request.Authority != _authority
            || request.Scheme != _scheme || request.Normalizations != _normalizations)
            return false;
        if (!request.Partition.Span.SequenceEqual(_partition) || !request.User.Span.SequenceEqual(_user)) return false;

        if (request.Headers is ICountedHeaders headers && _others is not null && headers.Count == _headers.Length + _others.Length)
        {
            foreach (var header in _headers)
            {
                if (!StringValues.Equals(headers[GetName(routingHeaders, header.Index)], header.Lines)) return false;
            }

            // All names are accounted for, so no header is present that would change the key.
            if (HasOthers(headers)) return Content.Equals(request.Content!.Value);
        }

        var next = 0;
        for (var i = 0; i < GetCount(routingHeaders); i++)
        {
            var lines = request.Headers[GetName(routingHeaders, i)];
            if (next < _headers.Length && _headers[next].Index == i)
            {
                if (!StringValues.Equals(lines, _headers[next++].Lines)) return false;
            }
            else if (lines.Count > 0)
            {
                return false;
            }
        }
        return Content.Equals(request.Content!.Value);
    }

    /// <summary>Reports that the entry was used.</summary>
    public void MarkRead()
    {
        // If each reader wrote, processors would wait for each other.
        if (!Volatile.Read(ref _wasRead)) Volatile.Write(ref _wasRead, true);
    }

    /// <summary>Tells whether the entry was used since the last call.</summary>
    public bool TakeRead() => _wasRead && !(_wasRead = false);

    private bool HasOthers(ICountedHeaders headers)
    {
        foreach (var name in _others!)
        {
            if (headers[name].Count == 0) return false;
        }
        return true;
    }

    // The names that are not part of the key; null if they are not known, or too many.
    private static string[]? GetOthers(CacheRequest request, IReadOnlyList<string> routingHeaders, int headerCount)
    {
        if (request.Headers is not ICountedHeaders headers || headers.Count > MostOthers) return null;
        var keyHeaders = CacheKeySet.KeyHeaders.Concat(routingHeaders);
        string[] others = [.. headers.Names.Where(name => !keyHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))];

        // A routing header that is listed twice would be counted twice. It could hide a header without lines, which the next request may
        // have.
        return others.Length + headerCount == headers.Count && headers.Names.All(name => headers[name].Count > 0) ? others : null;
    }

    private static string GetMethod(CacheRequest request) => request.Method is "HEAD" ? "GET" : request.Method;

    private static int GetCount(IReadOnlyList<string> routingHeaders) => CacheKeySet.KeyHeaders.Length + routingHeaders.Count;

    private static string GetName(IReadOnlyList<string> routingHeaders, int index) =>
        index < CacheKeySet.KeyHeaders.Length ? CacheKeySet.KeyHeaders[index] : routingHeaders[index - CacheKeySet.KeyHeaders.Length];

    private readonly record struct Header(int Index, StringValues Lines);
}
