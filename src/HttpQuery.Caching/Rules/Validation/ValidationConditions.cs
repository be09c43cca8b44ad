namespace HttpQuery.Caching.Rules;

/// <summary>The headers that ask the origin whether a stored response is still current (RFC 9111 §4.3.1).</summary>
/// <param name="IfNoneMatch">The value of If-None-Match; <see langword="null"/> if there is no entity tag.</param>
/// <param name="IfModifiedSince">The value of If-Modified-Since; <see langword="null"/> if there is no Last-Modified.</param>
internal readonly record struct ValidationConditions(string? IfNoneMatch, string? IfModifiedSince)
{
    /// <summary>Whether there are no conditions, so that the request is forwarded as received.</summary>
    public bool IsEmpty => IfNoneMatch is null && IfModifiedSince is null;
}
