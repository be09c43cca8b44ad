using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;
using HttpQuery.Caching.Engine;
using HttpQuery.Replay;

namespace HttpQuery.PrivateCache;

/// <summary>Checks the request and its user once more before a response is stored.</summary>
internal sealed class FinalRequestCheck(
    RequestSnapshot snapshot, OutgoingRequestTracker sent, HttpRequestMessage request, HttpRequestMessage answered)
{
    private readonly HttpContent? _content = request.Content, _answeredContent = answered.Content;

    /// <summary>Returns the terms of storage when the body has been read.</summary>
    /// <remarks>Handlers and callers keep the messages until then, and may change them.</remarks>
    public FinalTerms Evaluate()
    {
        var isSame = snapshot.HasSameTarget(request) && snapshot.HasSameTarget(answered)
            && ReplayableRequest.IsSameContent(request.Content, _content)
            && ReplayableRequest.IsSameContent(answered.Content, _answeredContent);
        var isSameUser = !sent.HasOtherUser && IsSameUser(request) && (ReferenceEquals(answered, request) || IsSameUser(answered));
        return new(isSame ? null : StorageRefusal.Elsewhere, !isSameUser);
    }

    private bool IsSameUser(HttpRequestMessage message) => snapshot.GetUser(message) is { } user && user.IsSameAs(snapshot.User);
}
