using HttpQuery.Caching.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Engine;

/// <summary>The head of a response, as an adapter passes it.</summary>
/// <param name="Status">The status code, never an interim one.</param>
/// <param name="Headers">The headers as received.</param>
internal readonly record struct OriginResponseHead(int Status, IEnumerable<KeyValuePair<string, StringValues>> Headers)
{
    /// <summary>Whether the origin was not reached: the adapter, or a gateway in it, has made the response itself.</summary>
    public bool IsUnreached { get; init; }

    /// <summary>Returns the terms of the adapter. Called once, if nothing else prevents storing.</summary>
    public Func<StorageTerms>? Terms { get; init; }
}

/// <summary>The terms of an adapter for storing a response.</summary>
/// <param name="Refusal">Why the response must not be stored, if so.</param>
/// <param name="Tags">The eviction tags of the response.</param>
/// <param name="AtEnd">Called once more when the response is complete.</param>
internal readonly record struct StorageTerms(StorageRefusal? Refusal, IReadOnlyList<string> Tags, Func<FinalTerms>? AtEnd = null);

/// <summary>The terms of an adapter when a response is complete.</summary>
/// <param name="Refusal">Why the response must not be stored, if so.</param>
/// <param name="IsUserUnknown">Whether the response may be for another user than the one of the lookup.</param>
internal readonly record struct FinalTerms(StorageRefusal? Refusal, bool IsUserUnknown);
