using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Epochs;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;
using HttpQuery.Caching.Status;

namespace HttpQuery.Caching.Engine;

/// <summary>The decision of the lookup, and the knowledge about the request at that time.</summary>
internal readonly record struct RequestPlan
{
    public PlannedAction Action { get; init; }

    /// <summary>Why the request is forwarded.</summary>
    public ForwardReason Reason { get; init; }

    /// <summary>The stored response for the request, which may be validated or stand in.</summary>
    public StoredItem? Stored { get; init; }

    /// <summary>The question to the origin about the stored response; <see langword="null"/> if the request is forwarded
    /// unchanged.</summary>
    public Validation? Validation { get; init; }

    /// <summary>Epochs and markers before the request is forwarded; <see langword="null"/> if its response must not be stored.</summary>
    public FlightStart? Flight { get; init; }

    /// <summary>Why the response must not be stored, if the reason is reported.</summary>
    public StorageRefusal? Refusal { get; init; }

    /// <summary><see langword="false"/> if the request waited for another without success; <see langword="null"/> if it did not
    /// wait.</summary>
    public bool? IsCollapsed { get; init; }

    /// <summary>The time when the request is forwarded.</summary>
    public DateTimeOffset RequestTime { get; init; }

    /// <summary>The result of the request's own conditions for the stored response.</summary>
    public ConditionalResult Conditional { get; init; }

    public ReuseOutcome Reuse { get; init; }
}

/// <summary>The action for a request.</summary>
internal enum PlannedAction
{
    Forward,
    Serve,
    Refuse,
}

/// <summary>A stored response that the origin is asked about (RFC 9111 §4.3).</summary>
/// <param name="Stored">The response.</param>
/// <param name="Conditions">The conditions to forward in place of the request's own.</param>
/// <param name="Flight">Epochs and markers before the request is forwarded.</param>
internal sealed record Validation(StoredItem Stored, ValidationConditions Conditions, FlightStart Flight);
