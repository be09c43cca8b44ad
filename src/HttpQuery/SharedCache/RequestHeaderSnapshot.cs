using HttpQuery.Caching;
using HttpQuery.Caching.Adapters;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.SharedCache;

/// <summary>The headers of a request as the client sent them: read in place, and copied before code behind the cache can change
/// them.</summary>
internal sealed class RequestHeaderSnapshot(IHeaderDictionary headers) : ICountedHeaders
{
    private HeaderCollection? _copy;

    public StringValues this[string name] => _copy is { } copy ? copy[name] : headers[name];

    public int Count => _copy?.Count ?? headers.Count;

    public IEnumerable<string> Names => _copy is { } copy ? copy.Select(one => one.Key) : headers.Keys;

    public void Capture() => _copy ??= new(headers);

    /// <summary>Whether one of these headers has changed since <see cref="Capture"/>.</summary>
    public bool DifferIn(IList<string> names)
    {
        foreach (var name in names)
            if (!StringValues.Equals(this[name], headers[name])) return true;
        return false;
    }

    /// <summary>Replaces the client's conditions with those of the cache.</summary>
    public void ReplaceConditions(ValidationConditions conditions)
    {
        Capture();
        ConditionHeaders.Replace(new SentHeaders(headers), conditions);
    }

    /// <summary>Restores the client's conditions.</summary>
    public void RestoreConditions()
    {
        if (_copy is { } copy) ConditionHeaders.Restore(new SentHeaders(headers), copy);
    }

    /// <summary>Restores all headers as they were sent.</summary>
    public void RestoreAll()
    {
        headers.Clear();
        foreach (var (name, lines) in _copy!) headers[name] = lines;
    }

    private sealed class SentHeaders(IHeaderDictionary headers) : IRequestHeaders
    {
        public StringValues this[string name] => headers[name];

        // No lines remove it: a header dictionary does so by itself.
        public void Set(string name, StringValues lines) => headers[name] = lines;
    }
}
