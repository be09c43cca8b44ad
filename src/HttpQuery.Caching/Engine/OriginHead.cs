using HttpQuery.Caching.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>The head of a response, as an adapter hands it over.</summary>
/// <param name="Status">The status code, no interim one.</param>
/// <param name="Headers">The headers as they came.</param>
internal readonly record struct OriginHead(int Status, IEnumerable<KeyValuePair<string, StringValues>> Headers)
{
    /// <summary>Whether nobody was reached: the adapter, or a gateway in it, has made the response itself.</summary>
    public bool IsUnreached { get; init; }

    /// <summary>Asked once, if nothing else speaks against storing: what the adapter knows of it.</summary>
    public Func<StorageTerms>? Terms { get; init; }
}

/// <summary>What an adapter knows about storing a response.</summary>
/// <param name="Refusal">Why it is not to be stored, if so.</param>
/// <param name="Tags">By which it can be evicted.</param>
/// <param name="AtEnd">Asked once more when the response has come whole.</param>
internal readonly record struct StorageTerms(StorageRefusal? Refusal, IReadOnlyList<string> Tags, Func<FinalTerms>? AtEnd = null);

/// <summary>What an adapter knows when a response has come whole.</summary>
/// <param name="Refusal">Why it is not to be stored, if so.</param>
/// <param name="IsUserUnknown">Whether it may be for another user than the request was looked up for.</param>
internal readonly record struct FinalTerms(StorageRefusal? Refusal, bool IsUserUnknown);
