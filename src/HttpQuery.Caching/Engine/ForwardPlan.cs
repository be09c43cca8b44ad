using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Epochs;

namespace HttpQuery.Caching;

/// <summary>What the lookup has decided, and what is known of the request then.</summary>
internal readonly record struct ForwardPlan
{
    public PlannedAction Action { get; init; }

    /// <summary>Why the request is forwarded.</summary>
    public ForwardReason Reason { get; init; }

    /// <summary>What is stored for the request, and may be validated or stand in.</summary>
    public StoredItem? Stored { get; init; }

    /// <summary>What the origin is asked about the stored response; <see langword="null"/> if the request is forwarded as it came.</summary>
    public Validation? Validation { get; init; }

    /// <summary>Epochs and markers before the request is forwarded; <see langword="null"/> if its response is not to be stored.</summary>
    public FlightStart? Flight { get; init; }

    /// <summary>Why the response is not to be stored, if that is worth telling.</summary>
    public StorageRefusal? Refusal { get; init; }

    /// <summary>Whether the request waited for another in vain.</summary>
    public bool? IsCollapsed { get; init; }

    /// <summary>When the request is forwarded.</summary>
    public DateTimeOffset RequestTime { get; init; }

    /// <summary>What the request's own conditions say of what is stored.</summary>
    public ConditionalAnswer Conditional { get; init; }

    public ReuseOutcome Reuse { get; init; }
}

/// <summary>What becomes of a request.</summary>
internal enum PlannedAction
{
    Forward,
    Serve,
    Refuse,
}

/// <summary>A stored response that the origin is asked about (RFC 9111 §4.3).</summary>
/// <param name="Stored">The response.</param>
/// <param name="Conditions">What is forwarded in the place of the request's own conditions.</param>
/// <param name="Flight">Epochs and markers before the request is forwarded.</param>
internal sealed record Validation(StoredItem Stored, ValidationConditions Conditions, FlightStart Flight);

/// <summary>A stored response, and where it lies.</summary>
internal sealed record StoredItem(CachedResponse Item, QueryCacheKey Key);
