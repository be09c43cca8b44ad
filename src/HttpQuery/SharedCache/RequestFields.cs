using HttpQuery.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.SharedCache;

/// <summary>The fields of a request as the client sent them: read where they lie, and copied before anybody behind the cache can change them.</summary>
internal sealed class RequestFields(IHeaderDictionary headers) : IFieldLines
{
    private static readonly string[] ConditionNames = ["If-None-Match", "If-Modified-Since", "Range", "If-Range"];

    private StoredFields? _copy;

    public StringValues this[string name] => _copy is { } copy ? copy[name] : headers[name];

    public void Keep() => _copy ??= new(headers);

    /// <summary>Whether one of these headers has changed since <see cref="Keep"/>.</summary>
    public bool DifferIn(IList<string> names)
    {
        foreach (var name in names)
            if (!StringValues.Equals(this[name], headers[name])) return true;
        return false;
    }

    /// <summary>Puts conditions of the cache in the place of the client's.</summary>
    public void Replace(ValidationConditions conditions)
    {
        Keep();
        foreach (var name in ConditionNames) headers.Remove(name);
        if (conditions.IfNoneMatch is { } tag) headers.IfNoneMatch = tag;
        if (conditions.IfModifiedSince is { } date) headers.IfModifiedSince = date;
    }

    /// <summary>Puts the client's conditions back.</summary>
    public void Restore()
    {
        if (_copy is not { } copy) return;
        foreach (var name in ConditionNames)
        {
            if (copy[name] is { Count: > 0 } lines) headers[name] = lines;
            else headers.Remove(name);
        }
    }

    /// <summary>Puts all fields back as they came.</summary>
    public void PutBack()
    {
        headers.Clear();
        foreach (var (name, lines) in _copy!) headers[name] = lines;
    }
}
