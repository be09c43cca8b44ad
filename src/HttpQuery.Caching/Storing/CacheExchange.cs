namespace HttpQuery.Caching;

/// <summary>A request and the response to it, when the fields of the response have come.</summary>
internal readonly record struct CacheExchange
{
    /// <summary>The method, for example <c>QUERY</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The fields of the request.</summary>
    public required IFieldLines RequestFields { get; init; }

    /// <summary>The directives of the request.</summary>
    public RequestDirectives RequestDirectives { get; init; }

    /// <summary>The status code of the response.</summary>
    public required int Status { get; init; }

    /// <summary>The fields of the response as it was received.</summary>
    public required IFieldLines ResponseFields { get; init; }

    /// <summary>When the request was sent.</summary>
    public required DateTimeOffset RequestTime { get; init; }

    /// <summary>When the response was received.</summary>
    public required DateTimeOffset ResponseTime { get; init; }

    /// <summary>Whether <c>Authorization</c> does not keep a shared cache from storing (RFC 9111 §3.5): what is stored is for that user alone, or the application says that it is for all.</summary>
    public bool AllowsAuthorization { get; init; }

    /// <summary>Whether the key does not tell all spellings of the content apart (RFC 10008 §2.7).</summary>
    public bool IsKeyNormalized { get; init; }
}
