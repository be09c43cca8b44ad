namespace HttpQuery.Negotiation;

/// <summary>The media type chosen for the response to a request; kept among the request's features.</summary>
internal sealed record NegotiatedMediaType(string Text);
