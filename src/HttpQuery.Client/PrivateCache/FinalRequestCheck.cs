using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;

namespace HttpQuery.PrivateCache;

/// <summary>A response whose headers have come: what was snapshot, and the messages that say who snapshot in the end.</summary>
internal sealed class FinalRequestCheck(RequestSnapshot snapshot, OutgoingRequestTracker sent, HttpRequestMessage request, HttpRequestMessage answered)
{
    private readonly HttpContent? _content = request.Content, _answeredContent = answered.Content;

    /// <summary>Looks again before the response is stored: handlers and callers keep the messages while the content is read.</summary>
    public FinalTerms Evaluate()
    {
        var isSame = snapshot.HasSameTarget(request) && snapshot.HasSameTarget(answered)
            && ReferenceEquals(request.Content, _content) && ReferenceEquals(answered.Content, _answeredContent);
        var isSameUser = !sent.HasOtherUser && IsSameUser(request) && (ReferenceEquals(answered, request) || IsSameUser(answered));
        return new(isSame ? null : StorageRefusal.Elsewhere, !isSameUser);
    }

    private bool IsSameUser(HttpRequestMessage message) => snapshot.GetUser(message) is { } user && user.IsSameAs(snapshot.User);
}
