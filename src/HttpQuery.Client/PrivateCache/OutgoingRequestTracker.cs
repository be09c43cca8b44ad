using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>The requests that were sent for one request of a caller: retries and hedging send several.</summary>
internal sealed class OutgoingRequestTracker(RequestSnapshot snapshot)
{
    // More are sent for no request of a caller that is worth storing.
    private const int MaximumCount = 16;

    private readonly List<StoredFields> _headers = [];

    private static readonly AsyncLocal<OutgoingRequestTracker?> Flow = new();

    private volatile RequestUser? _other;
    private volatile bool _isOther;
    private volatile bool _isOtherRequest;

    /// <summary>Those of the request that the caller's flow is in.</summary>
    public static OutgoingRequestTracker? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }

    /// <summary>Whether one of them was for another user than the request that was looked up.</summary>
    public bool HasOtherUser => _isOther;

    /// <summary>The user of one that was, if known.</summary>
    public RequestUser? OtherUser => _other;

    /// <summary>Whether one of them snapshot for something else than the request that was looked up.</summary>
    public bool HasOtherRequest => _isOtherRequest;

    /// <summary>Compares a message with the request that was looked up.</summary>
    public void Observe(HttpRequestMessage message)
    {
        if (!snapshot.IsSameRequest(message)) _isOtherRequest = true;
        lock (_headers)
        {
            if (_headers.Count == MaximumCount) _isOtherRequest = true;
            else _headers.Add(HeaderSnapshot.Create(message.Headers, message.Content?.Headers));
        }
        var user = snapshot.GetUser(message);
        if (user is not null && user.IsSameAs(snapshot.User)) return;
        if (user is not null) _other = user;
        _isOther = true;
    }

    /// <summary>Whether all of them had the headers that the response varies by, as they were looked up.</summary>
    public bool IsSameVariant(HttpResponseMessage response)
    {
        lock (_headers) return _headers.TrueForAll(headers => snapshot.IsSameVariant(headers, response));
    }
}
