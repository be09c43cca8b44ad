namespace HttpQuery.SharedCache;

/// <summary>Compares the request with the inputs of its lookup, when the response starts and ends.</summary>
/// <param name="IsUserUnknown">Whether the response may be for another user than the request was looked up for.</param>
/// <param name="HaveInputsChanged">Whether endpoint, target, culture or partition have changed: the response then belongs to another
/// key.</param>
internal sealed record RequestChangeDetector(Func<bool> IsUserUnknown, Func<bool> HaveInputsChanged);
