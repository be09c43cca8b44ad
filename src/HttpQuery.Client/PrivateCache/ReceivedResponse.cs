using HttpQuery.Caching;

namespace HttpQuery.PrivateCache;

/// <summary>A response whose headers have come: what was asked, and the messages that say who asked in the end.</summary>
internal sealed class ReceivedResponse(LookedUpRequest asked, OutgoingRequests sent, HttpRequestMessage request, HttpRequestMessage answered)
{
    private readonly HttpContent? _content = request.Content, _answeredContent = answered.Content;

    /// <summary>Looks again before the response is stored: handlers and callers keep the messages while the content is read.</summary>
    /// <returns><see langword="false"/> if the response answers another request by now.</returns>
    public bool Settle(CacheTransaction transaction)
    {
        if (!asked.IsSameTarget(request) || !asked.IsSameTarget(answered)) return false;
        if (!ReferenceEquals(request.Content, _content) || !ReferenceEquals(answered.Content, _answeredContent)) return false;
        if (sent.AreOfAnotherUser || !IsSameUser(request) || (!ReferenceEquals(answered, request) && !IsSameUser(answered))) transaction.ReportUnknownUser();
        return true;
    }

    private bool IsSameUser(HttpRequestMessage message) => asked.UserOf(message) is { } user && user.IsSameAs(asked.User);
}
