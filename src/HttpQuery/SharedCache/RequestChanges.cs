namespace HttpQuery.SharedCache;

/// <summary>Looks, when a response starts and ends, at what the lookup was made from.</summary>
/// <param name="IsUserUnknown">Whether the response may be for another user than the request was looked up for.</param>
/// <param name="AreInputsOther">Whether the response belongs to another key: its endpoint, target, culture or partition is another one now.</param>
internal sealed record RequestChanges(Func<bool> IsUserUnknown, Func<bool> AreInputsOther);
