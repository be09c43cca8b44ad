namespace HttpQuery.Caching.Headers;

/// <summary>Headers with a known count. If a request has as many headers as another, and all names of the other, it has no further
/// headers. The names need not be looked up one by one.</summary>
internal interface ICountedHeaders : IReadOnlyHeaders
{
    /// <summary>The number of different names; at least one for each name that has lines.</summary>
    int Count { get; }

    /// <summary>The names.</summary>
    IEnumerable<string> Names { get; }
}
