namespace HttpQuery.PrivateCache;

/// <summary>The requests that were sent for one request of a caller: retries and hedging send several.</summary>
internal sealed class OutgoingRequests(LookedUpRequest asked)
{
    private static readonly AsyncLocal<OutgoingRequests?> Flow = new();

    private volatile RequestUser? _other;
    private volatile bool _isOther;

    /// <summary>Those of the request that the caller's flow is in.</summary>
    public static OutgoingRequests? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }

    /// <summary>Whether one of them was for another user than the request that was looked up.</summary>
    public bool AreOfAnotherUser => _isOther;

    /// <summary>The user of one that was, if known.</summary>
    public RequestUser? OtherUser => _other;

    /// <summary>Compares a message with the request that was looked up.</summary>
    public void Observe(HttpRequestMessage message)
    {
        var user = asked.UserOf(message);
        if (user is not null && user.IsSameAs(asked.User)) return;
        if (user is not null) _other = user;
        _isOther = true;
    }
}
