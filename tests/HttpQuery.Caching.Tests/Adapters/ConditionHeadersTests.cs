using HttpQuery.Caching.Adapters;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Tests.Adapters;

/// <summary>Conditions of the cache in place of the client's (RFC 9111 §4.3.1).</summary>
public sealed class ConditionHeadersTests
{
    [Fact]
    public void The_clients_conditions_and_range_are_replaced_and_put_back()
    {
        var own = Message.Headers("Accept: a/b", "If-None-Match: \"a\"", "If-None-Match: \"b\"", "Range: bytes=0-1", "If-Range: \"a\"", "If-Match: *");
        var headers = new Headers(own);

        ConditionHeaders.Replace(headers, new("\"c\"", "Wed, 01 Jul 2026 12:00:00 GMT"));
        Assert.Equal(["Accept: a/b", "If-Match: *", "If-Modified-Since: Wed, 01 Jul 2026 12:00:00 GMT", "If-None-Match: \"c\""], headers.Lines);

        ConditionHeaders.Restore(headers, own);
        Assert.Equal(["Accept: a/b", "If-Match: *", "If-None-Match: \"a\"", "If-None-Match: \"b\"", "If-Range: \"a\"", "Range: bytes=0-1"], headers.Lines);
    }

    private sealed class Headers(HeaderCollection fields) : IRequestHeaders
    {
        private readonly SortedDictionary<string, StringValues> _headers = new(fields.ToDictionary(), StringComparer.OrdinalIgnoreCase);

        public StringValues this[string name] => _headers.GetValueOrDefault(name);

        public string[] Lines => [.. _headers.SelectMany(header => header.Value.Select(line => $"{header.Key}: {line}"))];

        public void Set(string name, StringValues lines)
        {
            if (lines.Count == 0) _headers.Remove(name);
            else _headers[name] = lines;
        }
    }
}
