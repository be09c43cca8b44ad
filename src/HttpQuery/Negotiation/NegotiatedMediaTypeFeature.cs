namespace HttpQuery.Negotiation;

/// <summary>The media type chosen for the response to a request; kept as a feature of the request.</summary>
internal sealed record NegotiatedMediaTypeFeature(string Text);
