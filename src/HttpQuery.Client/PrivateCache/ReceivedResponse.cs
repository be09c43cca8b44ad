using HttpQuery.Caching;
using HttpQuery.Caching.Diagnostics;

namespace HttpQuery.PrivateCache;

/// <summary>A response whose headers have come: what was asked, and the messages that say who asked in the end.</summary>
internal sealed class ReceivedResponse(LookedUpRequest asked, OutgoingRequests sent, HttpRequestMessage request, HttpRequestMessage answered)
{
    private readonly HttpContent? _content = request.Content, _answeredContent = answered.Content;

    /// <summary>Looks again before the response is stored: handlers and callers keep the messages while the content is read.</summary>
    public FinalTerms Settle()
    {
        var isSame = asked.IsSameTarget(request) && asked.IsSameTarget(answered)
            && ReferenceEquals(request.Content, _content) && ReferenceEquals(answered.Content, _answeredContent);
        var isSameUser = !sent.AreOfAnotherUser && IsSameUser(request) && (ReferenceEquals(answered, request) || IsSameUser(answered));
        return new(isSame ? null : StorageRefusal.Elsewhere, !isSameUser);
    }

    private bool IsSameUser(HttpRequestMessage message) => asked.UserOf(message) is { } user && user.IsSameAs(asked.User);
}
