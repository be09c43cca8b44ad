using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Rules;

/// <summary>A request and its response, when the response headers have arrived.</summary>
internal readonly record struct CacheExchange
{
    /// <summary>The method, for example <c>QUERY</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The headers of the request.</summary>
    public required IReadOnlyHeaders RequestHeaders { get; init; }

    /// <summary>The directives of the request.</summary>
    public RequestDirectives RequestDirectives { get; init; }

    /// <summary>The status code of the response.</summary>
    public required int Status { get; init; }

    /// <summary>The headers of the response as received.</summary>
    public required IReadOnlyHeaders ResponseHeaders { get; init; }

    /// <summary>When the request was sent.</summary>
    public required DateTimeOffset RequestTime { get; init; }

    /// <summary>When the response was received.</summary>
    public required DateTimeOffset ResponseTime { get; init; }

    /// <summary>Whether a shared cache may store the response despite <c>Authorization</c> (RFC 9111 §3.5). The response is stored for
    /// that user alone, or the application declares it valid for all users.</summary>
    public bool AllowsAuthorization { get; init; }

    /// <summary>Whether different spellings of the content can have the same key (RFC 10008 §2.7).</summary>
    public bool IsKeyNormalized { get; init; }
}
