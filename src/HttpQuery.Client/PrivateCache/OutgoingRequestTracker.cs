using HttpQuery.Caching;
using HttpQuery.Caching.Headers;
using HttpQuery.Replay;

namespace HttpQuery.PrivateCache;

/// <summary>Tracks the messages that are sent for one request of a caller. Retries and hedging send several.</summary>
internal sealed class OutgoingRequestTracker(RequestSnapshot snapshot)
{
    // With more messages than this, the response is not stored.
    private const int MaximumCount = 16;

    private static readonly AsyncLocal<OutgoingRequestTracker?> Flow = new();

    private readonly List<HeaderCollection> _headers = [];
    private readonly List<SubstituteRequest> _substitutes = [];
    private volatile RequestUser? _otherUser;
    private volatile bool _hasOtherUser;
    private volatile bool _hasOtherRequest;

    /// <summary>The tracker of the request that the current asynchronous flow belongs to.</summary>
    public static OutgoingRequestTracker? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }

    /// <summary>Whether a message was for another user than the lookup.</summary>
    public bool HasOtherUser => _hasOtherUser;

    /// <summary>The other user, if known.</summary>
    public RequestUser? OtherUser => _otherUser;

    /// <summary>Whether a message had another target, method or content than the lookup.</summary>
    public bool HasOtherRequest => _hasOtherRequest;

    /// <summary>Announces a message that a handler of this library sends in place of the request. It stands for the request as long as
    /// it is sent unchanged.</summary>
    public void Add(SubstituteRequest substitute)
    {
        // Another client that a handler uses may announce messages here, too. They never pass Observe.
        lock (_headers) _substitutes.Add(substitute);
    }

    /// <summary>Compares a message with the request of the lookup.</summary>
    public void Observe(HttpRequestMessage message)
    {
        SubstituteRequest? substitute;
        lock (_headers) substitute = _substitutes.Find(one => ReferenceEquals(one.Message, message));
        if (substitute is { IsUnchanged: false } || !snapshot.IsSameRequest(substitute?.Request ?? message)) _hasOtherRequest = true;
        lock (_headers)
        {
            var content = substitute is null ? message.Content : substitute.Request.Content;
            if (_headers.Count == MaximumCount) _hasOtherRequest = true;
            else _headers.Add(HeaderSnapshot.Create(message.Headers, content?.Headers));
        }
        var user = snapshot.GetUser(message);
        if (user is not null && user.IsSameAs(snapshot.User)) return;
        if (user is not null) _otherUser = user;
        _hasOtherUser = true;
    }

    /// <summary>Tells whether all messages had the headers named by <c>Vary</c> as they were at the lookup.</summary>
    public bool IsSameVariant(HttpResponseMessage response)
    {
        lock (_headers) return _headers.TrueForAll(headers => snapshot.IsSameVariant(headers, response));
    }
}
