namespace HttpQuery.Caching;

/// <summary>The fields that ask the origin whether a stored response is still current (RFC 9111 §4.3.1).</summary>
/// <param name="IfNoneMatch">The value of If-None-Match; <see langword="null"/> where there is no entity tag.</param>
/// <param name="IfModifiedSince">The value of If-Modified-Since; <see langword="null"/> where there is no Last-Modified.</param>
internal readonly record struct ValidationConditions(string? IfNoneMatch, string? IfModifiedSince)
{
    /// <summary>Whether there is nothing to ask with: the request goes out as it came.</summary>
    public bool IsEmpty => IfNoneMatch is null && IfModifiedSince is null;
}
